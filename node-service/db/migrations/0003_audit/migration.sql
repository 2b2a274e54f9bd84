-- CreateTable
CREATE TABLE "audit_entry" (
    "seq" BIGINT NOT NULL,
    "payload" TEXT,
    "salt" BYTEA,
    "commitment" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("only")
);

-- CreateTable
CREATE TABLE "audit_donor" (
    "donor" BYTEA NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "audit_donor_pkey" PRIMARY KEY ("donor","seq")
);

-- CreateTable
CREATE TABLE "audit_witness" (
    "origin" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "appended_at" TIMESTAMPTZ(3) NOT NULL,
    "jws" TEXT NOT NULL,

    CONSTRAINT "audit_witness_pkey" PRIMARY KEY ("origin","seq")
);

-- CreateTable
CREATE TABLE "audit_proof" (
    "id" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "one" TEXT NOT NULL,
    "other" TEXT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_proof_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "exchange_seen" (
    "id" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "exchange_seen_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_proof_origin_idx" ON "audit_proof"("origin");

-- CreateIndex
CREATE INDEX "exchange_seen_until_idx" ON "exchange_seen"("until");

-- What Prisma's schema cannot say. Prisma leaves it alone when it writes later migrations.

ALTER TABLE "audit_entry"
    ADD CONSTRAINT "audit_entry_check" CHECK (
        "seq" >= 1 AND octet_length("commitment") = 32 AND octet_length("hash") = 32
        AND ("payload" IS NULL) = ("salt" IS NULL) AND octet_length("salt") = 16);

ALTER TABLE "audit_head"
    ADD CONSTRAINT "audit_head_check" CHECK ("only" AND "seq" >= 0 AND octet_length("hash") = 32);

ALTER TABLE "audit_donor"
    ADD CONSTRAINT "audit_donor_check" CHECK (octet_length("donor") = 32);

-- What is written down stays as it is. A payload can be erased together with its salt; then the entry keeps its place.
CREATE FUNCTION "audit_entry_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.payload IS NULL AND NEW.salt IS NULL
        AND (NEW.seq, NEW.commitment, NEW.hash) = (OLD.seq, OLD.commitment, OLD.hash) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an entry of the record stays as it is' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER "audit_entry_stays" BEFORE UPDATE OR DELETE ON "audit_entry"
    FOR EACH ROW EXECUTE FUNCTION "audit_entry_stays"();

CREATE TRIGGER "audit_entry_stays_whole" BEFORE TRUNCATE ON "audit_entry"
    FOR EACH STATEMENT EXECUTE FUNCTION "audit_entry_stays"();
