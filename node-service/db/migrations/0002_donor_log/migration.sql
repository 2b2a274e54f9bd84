-- CreateEnum
CREATE TYPE "donation_flag" AS ENUM ('WITHOUT_PERMIT', 'PERMIT_NOT_IN_FORCE');

-- CreateEnum
CREATE TYPE "event_type" AS ENUM ('donation.recorded', 'donation.corrected', 'bar.set', 'bar.lifted', 'registration.claimed', 'registration.released', 'permit.claimed', 'permit.released', 'parked');

-- CreateEnum
CREATE TYPE "claim_outcome" AS ENUM ('GRANTED', 'TAKEN', 'NOT_ELIGIBLE', 'VOID', 'UNDECIDED');

-- CreateEnum
CREATE TYPE "conflict_state" AS ENUM ('OPEN', 'RESOLVED', 'WITHDRAWN');

-- AlterTable
ALTER TABLE "donation" ADD COLUMN     "event_id" UUID,
ADD COLUMN     "flag" "donation_flag",
ADD COLUMN     "permit" UUID;

-- AlterTable
ALTER TABLE "lookout" ADD COLUMN     "event_id" UUID;

-- AlterTable
ALTER TABLE "registration" ADD COLUMN     "event_id" UUID;

-- CreateTable
CREATE TABLE "correction" (
    "event_id" UUID NOT NULL,
    "donation_no" TEXT NOT NULL,
    "corrected_by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "procedure" "procedure" NOT NULL,
    "collected_at" TIMESTAMPTZ(3) NOT NULL,
    "volume_ml" INTEGER NOT NULL,
    "outcome" "outcome" NOT NULL,
    "corrected_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "correction_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "partition" SMALLINT NOT NULL,
    "seq" BIGINT,
    "token" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_partition" (
    "partition" SMALLINT NOT NULL,
    "counted" BIGINT NOT NULL DEFAULT 0,
    "published" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "outbox_partition_pkey" PRIMARY KEY ("partition")
);

-- CreateTable
CREATE TABLE "event" (
    "origin" TEXT NOT NULL,
    "partition" SMALLINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "token" BYTEA NOT NULL,
    "type" "event_type" NOT NULL,
    "log_offset" BIGINT NOT NULL,
    "appended_at" TIMESTAMPTZ(3) NOT NULL,
    "digest" BYTEA NOT NULL,
    "is_own" BOOLEAN NOT NULL,
    "about" UUID,
    "procedure" "procedure",
    "collected_at" TIMESTAMPTZ(3),
    "volume_ml" INTEGER,
    "outcome" "outcome",
    "permit" UUID,
    "since" DATE,
    "until" DATE,
    "lifetime_ms" INTEGER,
    "not_after" TIMESTAMPTZ(3),
    "rule_set" TEXT,
    "claim" "claim_outcome",
    "raw" TEXT,

    CONSTRAINT "event_pkey" PRIMARY KEY ("origin","partition","seq")
);

-- CreateTable
CREATE TABLE "log_position" (
    "partition" SMALLINT NOT NULL,
    "next" BIGINT NOT NULL,

    CONSTRAINT "log_position_pkey" PRIMARY KEY ("partition")
);

-- CreateTable
CREATE TABLE "origin_progress" (
    "origin" TEXT NOT NULL,
    "partition" SMALLINT NOT NULL,
    "up_to" BIGINT NOT NULL,
    "highest" BIGINT NOT NULL,
    "forked_at" BIGINT,

    CONSTRAINT "origin_progress_pkey" PRIMARY KEY ("origin","partition")
);

-- CreateTable
CREATE TABLE "quarantine" (
    "partition" SMALLINT NOT NULL,
    "log_offset" BIGINT NOT NULL,
    "appended_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "origin" TEXT,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("partition","log_offset")
);

-- CreateTable
CREATE TABLE "conflict" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "token" BYTEA NOT NULL,
    "stations" TEXT[],
    "events" UUID[],
    "donations" TEXT[],
    "rule" TEXT,
    "state" "conflict_state" NOT NULL DEFAULT 'OPEN',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,
    "reason" TEXT,

    CONSTRAINT "conflict_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "correction_donation_no_corrected_at_idx" ON "correction"("donation_no", "corrected_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_partition_seq_key" ON "outbox"("partition", "seq");

-- CreateIndex
CREATE INDEX "event_token_idx" ON "event"("token");

-- CreateIndex
CREATE INDEX "quarantine_reason_idx" ON "quarantine"("reason");

-- CreateIndex
CREATE INDEX "conflict_token_idx" ON "conflict"("token");

-- CreateIndex
CREATE INDEX "conflict_opened_at_id_idx" ON "conflict"("opened_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "correction" ADD CONSTRAINT "correction_donation_no_fkey" FOREIGN KEY ("donation_no") REFERENCES "donation"("donation_no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say. Prisma leaves it alone when it writes later migrations.

ALTER TABLE "outbox"
    ADD CONSTRAINT "outbox_token_check" CHECK (octet_length("token") = 32),
    ADD CONSTRAINT "outbox_seq_check" CHECK ("seq" >= 1);

ALTER TABLE "outbox_partition"
    ADD CONSTRAINT "outbox_partition_check" CHECK ("published" BETWEEN 0 AND "counted");

ALTER TABLE "event"
    ADD CONSTRAINT "event_token_check" CHECK (octet_length("token") = 32),
    ADD CONSTRAINT "event_seq_check" CHECK ("seq" >= 1);

ALTER TABLE "origin_progress"
    ADD CONSTRAINT "origin_progress_check" CHECK ("up_to" >= 0 AND "highest" >= "up_to");

-- What the relay has still to count: empty nearly always, however long the outbox becomes.
CREATE INDEX "outbox_uncounted" ON "outbox" ("id") WHERE "seq" IS NULL;

-- Facts of before the donor log, which still have to be told.
CREATE INDEX "donation_untold" ON "donation" ("donation_no") WHERE "event_id" IS NULL;
CREATE INDEX "lookout_untold" ON "lookout" ("lookout_no") WHERE "event_id" IS NULL;
CREATE INDEX "registration_untold" ON "registration" ("registration_no") WHERE "event_id" IS NULL;

-- Parked events are looked through at each start, and there are few of them or none.
CREATE INDEX "event_parked" ON "event" ("partition", "log_offset") WHERE "type" = 'parked';

-- The list of a station's permits: few among the events, newest first.
CREATE INDEX "event_granted" ON "event" ("origin", "appended_at" DESC, "id" DESC) WHERE "claim" = 'GRANTED';
