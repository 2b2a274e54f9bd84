-- AlterTable
ALTER TABLE "import" ADD COLUMN     "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "tally" (
    "family" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "until" DATE NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "tally_pkey" PRIMARY KEY ("family","period","class")
);

-- CreateTable
CREATE TABLE "tally_change" (
    "family" TEXT NOT NULL,
    "day" DATE,
    "class" TEXT,
    "donor" BYTEA,
    "late_at" TIMESTAMPTZ(3),
    "change" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "closed_count" (
    "family" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "closed_count_pkey" PRIMARY KEY ("family","period","class")
);

-- CreateTable
CREATE TABLE "books" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "history_until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_until" DATE,

    CONSTRAINT "books_pkey" PRIMARY KEY ("only")
);

-- What Prisma's schema cannot say. Prisma leaves it alone when it writes later migrations.

-- Imports of before: their donations were written down before they were finished.
UPDATE "import" SET "recorded_at" = "finished_at";

ALTER TABLE "tally" ADD CONSTRAINT "tally_check" CHECK ("count" >= 0);

ALTER TABLE "tally_change" ADD CONSTRAINT "tally_change_donor_check" CHECK (octet_length("donor") = 32);

ALTER TABLE "closed_count" ADD CONSTRAINT "closed_count_check" CHECK ("count" >= 1);

ALTER TABLE "books" ADD CONSTRAINT "books_check" CHECK ("only" AND date_trunc('month', "closed_until") = "closed_until");

-- Everything that is there already is counted from its records.
INSERT INTO "tally_change" ("family", "change") VALUES ('DONATIONS', 0), ('LOOKOUTS_LISTED', 0), ('CONFLICTS', 0);

-- Once a statement: what it changed, row by row, or, where that is more than taking it in one by one is worth, that the family
-- is to be counted anew.

CREATE FUNCTION "donations_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM arrived OFFSET 2000 LIMIT 1;
        IF NOT FOUND THEN
            INSERT INTO tally_change (family, day, class, donor, late_at, change)
            SELECT 'DONATIONS', collected_on, procedure, token,
                CASE WHEN recorded_at > collected_at + interval '24 hours' THEN recorded_at END, 1
            FROM arrived WHERE outcome <> 'NO_BLOOD';
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM FROM gone OFFSET 2000 LIMIT 1;
        IF NOT FOUND THEN
            INSERT INTO tally_change (family, day, class, donor, late_at, change)
            SELECT 'DONATIONS', collected_on, procedure, token,
                CASE WHEN recorded_at > collected_at + interval '24 hours' THEN recorded_at END, -1
            FROM gone WHERE outcome <> 'NO_BLOOD';
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM FROM arrived OFFSET 2000 LIMIT 1;
        IF NOT FOUND THEN
            -- What counts as it did, as when only the event was noted that told of it, is no change.
            INSERT INTO tally_change (family, day, class, donor, late_at, change)
            SELECT 'DONATIONS', collected_on, procedure, token,
                CASE WHEN recorded_at > collected_at + interval '24 hours' THEN recorded_at END, sum(change)
            FROM (SELECT 1 AS change, * FROM arrived UNION ALL SELECT -1, * FROM gone) AS changed
            WHERE outcome <> 'NO_BLOOD'
            GROUP BY 2, 3, 4, 5 HAVING sum(change) <> 0;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO tally_change (family, change) VALUES ('DONATIONS', 0);
    RETURN NULL;
END $$;

CREATE TRIGGER "donations_arrived" AFTER INSERT ON "donation" REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION "donations_changed"();
CREATE TRIGGER "donations_corrected" AFTER UPDATE ON "donation" REFERENCING OLD TABLE AS gone NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION "donations_changed"();
CREATE TRIGGER "donations_gone" AFTER DELETE ON "donation" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION "donations_changed"();
CREATE TRIGGER "donations_emptied" AFTER TRUNCATE ON "donation"
    FOR EACH STATEMENT EXECUTE FUNCTION "donations_changed"();

-- With the first import it is known what of the donations is history: before, some of them counted as late.
CREATE FUNCTION "donations_imported"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM import WHERE kind = 'donations' AND id <> NEW.id;
    IF NOT FOUND THEN
        INSERT INTO tally_change (family, change) VALUES ('DONATIONS', 0);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER "donations_imported" AFTER INSERT ON "import" FOR EACH ROW WHEN (NEW.kind = 'donations')
    EXECUTE FUNCTION "donations_imported"();

CREATE FUNCTION "lookouts_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM arrived OFFSET 2000 LIMIT 1;
        IF NOT FOUND THEN
            INSERT INTO tally_change (family, day, class, change)
            SELECT 'LOOKOUTS_LISTED', confirmed_on, marker, 1 FROM arrived
            UNION ALL
            SELECT 'LOOKOUTS_LIFTED', cleared_on, marker, 1 FROM arrived WHERE cleared_on IS NOT NULL;
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM FROM gone OFFSET 2000 LIMIT 1;
        IF NOT FOUND THEN
            INSERT INTO tally_change (family, day, class, change)
            SELECT 'LOOKOUTS_LISTED', confirmed_on, marker, -1 FROM gone
            UNION ALL
            SELECT 'LOOKOUTS_LIFTED', cleared_on, marker, -1 FROM gone WHERE cleared_on IS NOT NULL;
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM FROM arrived OFFSET 2000 LIMIT 1;
        IF NOT FOUND THEN
            INSERT INTO tally_change (family, day, class, change)
            SELECT family, day, marker, sum(change)
            FROM (SELECT 1 AS change, * FROM arrived UNION ALL SELECT -1, * FROM gone) AS changed
            CROSS JOIN LATERAL (VALUES ('LOOKOUTS_LISTED', confirmed_on), ('LOOKOUTS_LIFTED', cleared_on))
                AS counted(family, day)
            WHERE day IS NOT NULL
            GROUP BY 1, 2, 3 HAVING sum(change) <> 0;
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO tally_change (family, change) VALUES ('LOOKOUTS_LISTED', 0);
    RETURN NULL;
END $$;

CREATE TRIGGER "lookouts_arrived" AFTER INSERT ON "lookout" REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION "lookouts_changed"();
CREATE TRIGGER "lookouts_cleared" AFTER UPDATE ON "lookout" REFERENCING OLD TABLE AS gone NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION "lookouts_changed"();
CREATE TRIGGER "lookouts_gone" AFTER DELETE ON "lookout" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION "lookouts_changed"();
CREATE TRIGGER "lookouts_emptied" AFTER TRUNCATE ON "lookout"
    FOR EACH STATEMENT EXECUTE FUNCTION "lookouts_changed"();

-- Each counts at the first of its stations, and whether that is this one, the teller knows. One that is withdrawn was none.
CREATE FUNCTION "conflicts_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO tally_change (family, day, class, change)
        SELECT 'CONFLICTS', (opened_at AT TIME ZONE 'Asia/Shanghai')::date,
            (SELECT min(code COLLATE "C") FROM unnest(stations) AS code), 1
        FROM arrived WHERE state <> 'WITHDRAWN';
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO tally_change (family, day, class, change)
        SELECT 'CONFLICTS', (opened_at AT TIME ZONE 'Asia/Shanghai')::date,
            (SELECT min(code COLLATE "C") FROM unnest(stations) AS code), -1
        FROM gone WHERE state <> 'WITHDRAWN';
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO tally_change (family, day, class, change)
        SELECT 'CONFLICTS', (opened_at AT TIME ZONE 'Asia/Shanghai')::date,
            (SELECT min(code COLLATE "C") FROM unnest(stations) AS code), sum(change)
        FROM (SELECT 1 AS change, * FROM arrived UNION ALL SELECT -1, * FROM gone) AS changed
        WHERE state <> 'WITHDRAWN'
        GROUP BY 2, 3 HAVING sum(change) <> 0;
    ELSE
        INSERT INTO tally_change (family, change) VALUES ('CONFLICTS', 0);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER "conflicts_arrived" AFTER INSERT ON "conflict" REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION "conflicts_changed"();
CREATE TRIGGER "conflicts_settled" AFTER UPDATE ON "conflict" REFERENCING OLD TABLE AS gone NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION "conflicts_changed"();
CREATE TRIGGER "conflicts_gone" AFTER DELETE ON "conflict" REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION "conflicts_changed"();
CREATE TRIGGER "conflicts_emptied" AFTER TRUNCATE ON "conflict"
    FOR EACH STATEMENT EXECUTE FUNCTION "conflicts_changed"();

-- A figure that was given stays as it is: from two that differ somebody could be read.
CREATE FUNCTION "closed_count_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a closed count stays as it is' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER "closed_count_stays" BEFORE UPDATE OR DELETE OR TRUNCATE ON "closed_count"
    FOR EACH STATEMENT EXECUTE FUNCTION "closed_count_stays"();
