-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "procedure" AS ENUM ('WHOLE_BLOOD', 'PLATELETS', 'APHERESIS_PLASMA', 'DOUBLE_RED_CELLS', 'GRANULOCYTES', 'SOURCE_PLASMA');

-- CreateEnum
CREATE TYPE "outcome" AS ENUM ('COMPLETE', 'PARTIAL', 'NO_BLOOD');

-- CreateEnum
CREATE TYPE "marker" AS ENUM ('HIV', 'HBV', 'HCV', 'SYPHILIS', 'HTLV');

-- CreateTable
CREATE TABLE "donation" (
    "donation_no" TEXT NOT NULL,
    "token" BYTEA NOT NULL,
    "procedure" "procedure" NOT NULL,
    "collected_at" TIMESTAMPTZ(3) NOT NULL,
    "collected_on" DATE NOT NULL,
    "volume_ml" INTEGER NOT NULL,
    "outcome" "outcome" NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "donation_pkey" PRIMARY KEY ("donation_no")
);

-- CreateTable
CREATE TABLE "lookout" (
    "lookout_no" TEXT NOT NULL,
    "token" BYTEA NOT NULL,
    "marker" "marker" NOT NULL,
    "confirmed_on" DATE NOT NULL,
    "cleared_on" DATE,
    "laboratory" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lookout_pkey" PRIMARY KEY ("lookout_no")
);

-- CreateTable
CREATE TABLE "registration" (
    "registration_no" TEXT NOT NULL,
    "token" BYTEA NOT NULL,
    "registered_on" DATE NOT NULL,
    "released_on" DATE,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "registration_pkey" PRIMARY KEY ("registration_no")
);

-- CreateTable
CREATE TABLE "import" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,
    "rows" INTEGER NOT NULL,
    "inserted" INTEGER NOT NULL,
    "updated" INTEGER NOT NULL,
    "duplicates" INTEGER NOT NULL,
    "rejected" INTEGER NOT NULL,

    CONSTRAINT "import_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "donation_token_collected_on_procedure_volume_ml_outcome_idx" ON "donation"("token", "collected_on", "procedure", "volume_ml", "outcome");

-- CreateIndex
CREATE INDEX "donation_collected_at_donation_no_idx" ON "donation"("collected_at" DESC, "donation_no" DESC);

-- CreateIndex
CREATE INDEX "lookout_token_idx" ON "lookout"("token");

-- CreateIndex
CREATE INDEX "lookout_recorded_at_lookout_no_idx" ON "lookout"("recorded_at" DESC, "lookout_no" DESC);

-- CreateIndex
CREATE INDEX "registration_token_idx" ON "registration"("token");

-- CreateIndex
CREATE INDEX "registration_recorded_at_registration_no_idx" ON "registration"("recorded_at" DESC, "registration_no" DESC);

-- What Prisma's schema cannot say. Prisma leaves it alone when it writes later migrations.

-- A record's number is 1 to 40 characters, a token 32 bytes.
ALTER TABLE "donation"
    ADD CONSTRAINT "donation_number_check" CHECK (length("donation_no") BETWEEN 1 AND 40),
    ADD CONSTRAINT "donation_token_check" CHECK (octet_length("token") = 32),
    ADD CONSTRAINT "donation_volume_check" CHECK ("volume_ml" BETWEEN 0 AND 100000);

ALTER TABLE "lookout"
    ADD CONSTRAINT "lookout_number_check" CHECK (length("lookout_no") BETWEEN 1 AND 40),
    ADD CONSTRAINT "lookout_token_check" CHECK (octet_length("token") = 32),
    ADD CONSTRAINT "lookout_cleared_check" CHECK ("cleared_on" >= "confirmed_on");

ALTER TABLE "registration"
    ADD CONSTRAINT "registration_number_check" CHECK (length("registration_no") BETWEEN 1 AND 40),
    ADD CONSTRAINT "registration_token_check" CHECK (octet_length("token") = 32),
    ADD CONSTRAINT "registration_released_check" CHECK ("released_on" >= "registered_on");

ALTER TABLE "import"
    ADD CONSTRAINT "import_times_check" CHECK ("finished_at" >= "started_at"),
    ADD CONSTRAINT "import_counts_check" CHECK (
        least("inserted", "updated", "duplicates", "rejected") >= 0
        AND "rows" = "inserted" + "updated" + "duplicates" + "rejected"
    );
