/**
 * The statements of the teller. They run one after the other in one snapshot (REPEATABLE READ), in which what was recorded and
 * the changes that say so are both there, or neither is.
 */
import type { CountFamily } from '#schema/count-families.ts';

import { endOf, levelTable, periodOf } from './levels.ts';

/** A donation written down up to here, by the database's clock, is history and not late. */
const historyUntil = `(SELECT greatest(history_until,
    (SELECT min(recorded_at) FROM import WHERE kind = 'donations')) FROM books)`;

export const begin = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ',
  // To count millions of donations anew takes longer than a question may.
  'SET LOCAL statement_timeout = 0',
  // One teller at a time. The snapshot is that of the first statement after this one; who reads the tally does not wait.
  'LOCK TABLE tally IN SHARE ROW EXCLUSIVE MODE',
] as const;

/** The families that are to be counted anew. */
export const findMarked = 'SELECT DISTINCT family FROM tally_change WHERE day IS NULL';

/** Forgets what was counted in the families `$1`, which are counted anew, and what changed in them. */
export const forget = `
  WITH changes AS (DELETE FROM tally_change WHERE family = ANY($1::text[]))
  DELETE FROM tally WHERE family = ANY($1::text[])`;

const append = 'INSERT INTO tally_change (family, day, class, change)';

/**
 * How a marked family is counted anew, together with those that come from the same records: what they say is appended as if it
 * had just changed. Donors do not add up, so that they are counted at once.
 */
export const recounts: ReadonlyMap<
  string,
  { readonly families: readonly string[]; readonly statements: readonly string[] }
> = new Map([
  [
    'DONATIONS',
    {
      families: ['DONATIONS', 'DONORS', 'LATE_UPLOADS'],
      statements: [
        `${append} SELECT 'DONATIONS', collected_on, procedure, count(*) FROM donation
            WHERE outcome <> 'NO_BLOOD' GROUP BY 2, 3`,
        `${append} SELECT 'LATE_UPLOADS', collected_on, 'ALL', count(*) FROM donation
            WHERE outcome <> 'NO_BLOOD' AND recorded_at > collected_at + interval '24 hours'
              AND recorded_at > ${historyUntil} GROUP BY 2`,
        `INSERT INTO tally (family, period, until, class, count)
            SELECT family, ${periodOf('collected_on')}, ${endOf('collected_on')}, 'ALL', count(DISTINCT token)
            FROM donation JOIN ${levelTable} ON family = 'DONORS' WHERE outcome <> 'NO_BLOOD' GROUP BY 1, 2, 3`,
      ],
    },
  ],
  [
    'LOOKOUTS_LISTED',
    {
      families: ['LOOKOUTS_LISTED', 'LOOKOUTS_LIFTED'],
      statements: [
        `${append} SELECT 'LOOKOUTS_LISTED', confirmed_on, marker, count(*) FROM lookout GROUP BY 2, 3`,
        `${append} SELECT 'LOOKOUTS_LIFTED', cleared_on, marker, count(*) FROM lookout
            WHERE cleared_on IS NOT NULL GROUP BY 2, 3`,
      ],
    },
  ],
  [
    'CONFLICTS',
    {
      families: ['CONFLICTS'],
      statements: [
        `${append} SELECT 'CONFLICTS', (opened_at AT TIME ZONE 'Asia/Shanghai')::date,
              (SELECT min(code COLLATE "C") FROM unnest(stations) AS code), count(*)
            FROM conflict WHERE state <> 'WITHDRAWN' GROUP BY 2, 3`,
      ],
    },
  ],
]);

/**
 * Takes all changes in; `$1` is the station, which counts the conflicts it is the first of. Whether a donor counted in a period
 * before, is seen from the donations there are now less what changed.
 */
export const takeIn = `
  WITH taken AS (DELETE FROM tally_change RETURNING family, day, class, donor, late_at, change),
  changed AS (
    SELECT family, day, CASE family WHEN 'CONFLICTS' THEN 'ALL' ELSE class END AS class, change
    FROM taken WHERE family <> 'CONFLICTS' OR class = $1
    UNION ALL
    SELECT 'LATE_UPLOADS', day, 'ALL', change FROM taken WHERE late_at > ${historyUntil}),
  gave AS (
    SELECT donor, level.family, date_trunc(unit, day::timestamp)::date AS since, ${endOf('day')} AS until, format,
      sum(change) AS change
    FROM taken JOIN ${levelTable} ON level.family = 'DONORS'
    WHERE donor IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING sum(change) <> 0),
  moved AS (
    SELECT family, ${periodOf('day')} AS period, ${endOf('day')} AS until, class, change
    FROM changed JOIN ${levelTable} USING (family)
    UNION ALL
    SELECT family, to_char(since, format), until, 'ALL', (present > 0)::int - (present > change)::int
    FROM gave CROSS JOIN LATERAL (
      SELECT count(*) AS present FROM donation
      WHERE token = donor AND collected_on >= since AND collected_on < until AND outcome <> 'NO_BLOOD') AS there)
  MERGE INTO tally USING (
    SELECT family, period, until, class, sum(change) AS change FROM moved GROUP BY 1, 2, 3, 4 HAVING sum(change) <> 0) AS sum
  ON tally.family = sum.family AND tally.period = sum.period AND tally.class = sum.class
  WHEN MATCHED THEN UPDATE SET count = tally.count + sum.change
  WHEN NOT MATCHED THEN INSERT (family, period, until, class, count)
    VALUES (sum.family, sum.period, sum.until, sum.class, sum.change)`;

/** Closes what ends up to `$1` and is not closed yet. */
export const close = `
  WITH was AS (SELECT closed_until FROM books),
  closed AS (UPDATE books SET closed_until = $1 WHERE closed_until IS NULL OR closed_until < $1)
  INSERT INTO closed_count (family, period, class, count)
  SELECT family, period, class, count FROM tally, was
  WHERE count > 0 AND until <= $1::date AND (closed_until IS NULL OR until > closed_until)`;

/** Begins the books; `$1` is the time of the service. */
export const open = 'INSERT INTO books (opened_at) VALUES ($1) ON CONFLICT DO NOTHING';

const readyAt = `(date_part('epoch', greatest(opened_at,
    (SELECT min(finished_at) FROM import WHERE kind = 'donations'))) * 1000)::float8 AS "readyAt"`;

/** How the books stand; no row before they begin. Times are in milliseconds. */
export const readStanding = {
  name: 'books-standing',
  text: `SELECT closed_until AS "closedUntil", ${readyAt}, EXISTS (SELECT FROM tally_change) AS "hasChanges" FROM books`,
};

/** How the books stand and what was counted, in one snapshot: a row a count, or one with empty columns where there is none. */
export const readClosed = (family: CountFamily, year: number) => ({
  name: 'books-closed',
  text: `SELECT closed_until AS "closedUntil", ${readyAt}, period, class, count FROM books
    LEFT JOIN closed_count ON family = $1 AND left(period, 4) = $2
    ORDER BY period, class`,
  values: [family, String(year)],
});
