/** A station that is written into by everybody who can, its books, and the same counts asked of the records themselves. */
import { createPostgresBooks } from '#node/adapters/postgres-books.ts';
import { createDonations } from '#node/modules/donations/donations.ts';
import { createLookouts } from '#node/modules/lookouts/lookouts.ts';
import { clock, openStation } from '#test/integration/import/station-under-test.ts';
import { createTestDirectory } from '#test/support/donor-log.ts';
import { withEntries } from '#test/support/entry.ts';

export const code = '330198B01';

/** What the records say, written anew and not from the statements of the teller. */
const exact = `
  WITH draw AS (SELECT * FROM donation WHERE outcome IN ('COMPLETE', 'PARTIAL')),
  history AS (SELECT greatest((SELECT min(recorded_at) FROM import WHERE kind = 'donations'),
    (SELECT history_until FROM books)) AS until)
  SELECT 'DONATIONS' AS family, to_char(collected_on, 'YYYY-MM') AS period, procedure::text AS class, count(*)::int AS count
  FROM draw GROUP BY 2, 3
  UNION ALL
  SELECT 'LATE_UPLOADS', to_char(collected_on, 'YYYY-MM'), 'ALL', count(*)::int FROM draw, history
  WHERE recorded_at - collected_at > interval '1 day' AND recorded_at > until GROUP BY 2
  UNION ALL
  SELECT 'DONORS', period, 'ALL', count(*)::int FROM (
    SELECT DISTINCT token, unnest(ARRAY[to_char(collected_on, 'YYYY-MM'), to_char(collected_on, 'YYYY"-Q"Q'),
      to_char(collected_on, 'YYYY')]) AS period FROM draw) AS donor GROUP BY 2
  UNION ALL
  SELECT 'LOOKOUTS_LISTED', to_char(confirmed_on, 'YYYY'), marker::text, count(*)::int FROM lookout GROUP BY 2, 3
  UNION ALL
  SELECT 'LOOKOUTS_LIFTED', to_char(cleared_on, 'YYYY'), marker::text, count(*)::int FROM lookout
  WHERE cleared_on IS NOT NULL GROUP BY 2, 3
  UNION ALL
  SELECT 'CONFLICTS', to_char(opened_at + interval '8 hours', 'YYYY-MM'), 'ALL', count(*)::int FROM conflict
  WHERE state IN ('OPEN', 'RESOLVED') AND '${code}' = (SELECT station FROM unnest(stations) AS station ORDER BY 1 LIMIT 1)
  GROUP BY 2
  ORDER BY 1, 2, 3`;

const tallied = 'SELECT family, period, class, count FROM tally WHERE count > 0 ORDER BY 1, 2, 3';

export async function openCountingStation({
  closingDays = 10,
  isLoaded = () => Promise.resolve(true),
  patienceMs = 20_000,
} = {}) {
  const station = await openStation(code);
  const { prisma, pool, telling } = station;
  /** What a test may turn. */
  const world = { now: clock.now(), closingDays };
  const directory = createTestDirectory([code]);
  const turned = { now: () => world.now };
  const books = () =>
    createPostgresBooks({
      ...{ pool, isLoaded, patienceMs, clock: turned, station: station.station.code },
      closingDays: () => world.closingDays,
    });
  const rows = async (text: string): Promise<object[]> => (await pool.query<object>(text)).rows;
  const deps = { station: station.station, prisma, clock, telling };
  return {
    ...station,
    ...{ world, rows },
    books: books(),
    /** The books of another instance of the station. */
    otherBooks: books,
    donations: withEntries(pool, code, createDonations(deps)),
    lookouts: withEntries(pool, code, createLookouts({ ...deps, directory })),
    exact: () => rows(exact),
    tally: () => rows(tallied),
  };
}

export type CountingStation = Awaited<ReturnType<typeof openCountingStation>>;
