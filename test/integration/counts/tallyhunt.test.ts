/** What is counted as it happens is what the records say, whatever happens at the same time. */
import fc from 'fast-check';
import pg from 'pg';
import { expect, test, vi } from 'vitest';

import { bytesOf } from '#node/db/columns.ts';
import { Prisma } from '#node/db/generated/prisma/client.ts';
import { buffersOf, csvLine, heading } from '#scripts/bench/import/rows.ts';
import type { Marker, Outcome, Procedure } from '#schema/procedures.ts';
import { donorOf } from '#test/integration/outbox/telling-station.ts';
import { day } from '#test/support/facts.ts';

import { code, openCountingStation } from './counting-station.ts';
import type { CountingStation } from './counting-station.ts';

type Act = (station: CountingStation) => Promise<unknown>;

const procedures: readonly Procedure[] = ['WHOLE_BLOOD', 'PLATELETS'];
const outcomes: readonly Outcome[] = ['COMPLETE', 'PARTIAL', 'NO_BLOOD'];
const markers: readonly Marker[] = ['HIV', 'SYPHILIS'];
const number = fc.integer({ min: 1, max: 30 });
const donor = fc.integer({ min: 1, max: 6 }).map(donorOf);
/** Up to the day before the clock of these tests, which is the evening of the 21st. */
const moment = fc
  .integer({ min: Date.parse('2025-11-01T00:00:00Z'), max: Date.parse('2026-11-20T00:00:00Z') })
  .map((time) => new Date(time));
const dayText = moment.map((time) => time.toISOString().slice(0, 10));
const draw = fc.record({
  procedure: fc.constantFrom(...procedures),
  collectedAt: moment,
  volumeMl: fc.constantFrom(200, 400),
  outcome: fc.constantFrom(...outcomes),
});
const passport = (of: number) => `E${String(of).padStart(8, '0')}`;

const recordDonation = fc.record({ number, donor, draw }).map(
  ({ number: no, donor: token, draw: said }): Act =>
    (station) =>
      station.donations.record({ donationNo: `D${no}`, token, permit: null, ...said }),
);
const correctDonation = fc.record({ number, donor: fc.option(donor), draw }).map(
  ({ number: no, donor: token, draw: said }): Act =>
    (station) =>
      station.donations.correct({ donationNo: `D${no}`, token, ...said, correctedBy: 'a collector', reason: 'a slip' }),
);
const reportLookout = fc.record({ number, donor, marker: fc.constantFrom(...markers), on: dayText }).map(
  ({ number: no, donor: token, marker, on }): Act =>
    (station) =>
      station.lookouts.report({ lookoutNo: `L${no}`, token, marker, confirmedOn: day(on), laboratory: 'a laboratory' }),
);
const clearLookout = fc.record({ number, on: dayText }).map(
  ({ number: no, on }): Act =>
    (station) =>
      station.lookouts.clear(`L${no}`, day(on)),
);
const lookoutHeading = 'lookout_no,document_type,document_number,marker,confirmed_on,cleared_on,laboratory';
const importLookouts = fc.array(fc.record({ number, on: dayText, cleared: fc.boolean() }), { maxLength: 5 }).map(
  (all): Act =>
    (station) =>
      station.importLines(
        'lookouts',
        lookoutHeading,
        ...all.map(
          ({ number: no, on, cleared }) =>
            `L${no},03,${passport(no)},HBV,${on},${cleared ? '2026-11-20' : ''},a laboratory`,
        ),
      ),
);
const importDonations = fc.array(fc.record({ number, draw }), { maxLength: 8 }).map(
  (all): Act =>
    (station) =>
      station.importLines(
        'donations',
        heading.trim(),
        ...all.map(
          ({ number: no, draw: said }) =>
            `D${no},03,${passport(no % 6)},${said.procedure},${said.collectedAt.toISOString()},${said.volumeMl},${said.outcome}`,
        ),
      ),
);
const others = fc.constantFrom('110198B01', '320198B01', '370198B01');
const openConflict = fc.record({ number, moment, others: fc.uniqueArray(others, { minLength: 1 }) }).map(
  ({ number: no, moment: at, others: stations }): Act =>
    async ({ pool }) =>
      pool.query(
        `INSERT INTO conflict (id, kind, token, stations, opened_at) VALUES ($1, 'INTERVAL', $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET state = 'OPEN', closed_at = NULL WHERE conflict.state = 'WITHDRAWN'`,
        [`conflict ${no}`, bytesOf(donorOf(no)), [...stations, code], at],
      ),
);
const settleConflict = fc.record({ number, state: fc.constantFrom('RESOLVED', 'WITHDRAWN') }).map(
  ({ number: no, state }): Act =>
    async ({ pool }) =>
      pool.query(
        "UPDATE conflict SET state = $2::text::conflict_state, closed_at = now() WHERE id = $1 AND state = 'OPEN'",
        [`conflict ${no}`, state],
      ),
);
const forgetDonation = number.map(
  (no): Act =>
    async ({ pool }) =>
      pool.query(
        'DELETE FROM donation WHERE donation_no = $1 AND NOT EXISTS (SELECT FROM correction WHERE donation_no = $1)',
        [`D${no}`],
      ),
);
const tell = fc.boolean().map(
  (isOther): Act =>
    ({ books, otherBooks }) =>
      (isOther ? otherBooks() : books).keep(),
);

const act = fc.oneof(
  { arbitrary: recordDonation, weight: 6 },
  { arbitrary: correctDonation, weight: 4 },
  ...[reportLookout, clearLookout, importLookouts, importDonations, openConflict, settleConflict, forgetDonation].map(
    (arbitrary) => ({ arbitrary, weight: 2 }),
  ),
  { arbitrary: tell, weight: 3 },
);

/** A rule may say no, and what was recorded before may be forgotten before it is compared; nothing else may go wrong. */
const isExpected = (error: unknown): boolean =>
  (error instanceof Error && error.name === 'Refused') ||
  (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2025');

async function perform(station: CountingStation, acts: readonly Act[]): Promise<void> {
  for (const each of acts) {
    await each(station).catch((error: unknown) => {
      if (!isExpected(error)) throw error;
    });
  }
}

test('whatever is written by several at once, the tally is what the records say', async () => {
  const lanes = fc.array(fc.array(act, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(lanes, async (all) => {
      await using station = await openCountingStation();
      await Promise.all(all.map((acts) => perform(station, acts)));
      await station.books.keep();
      expect(await station.tally()).toEqual(await station.exact());
      expect(await station.rows('SELECT FROM tally_change')).toEqual([]);
    }),
    // Each run takes a database: it would be shrinking until the test's time is over, and say nothing.
    { numRuns: 1000, endOnFailure: true },
  );
}, 590_000);

test('a first import of 20,000 rows, with a desk that records and a teller that tells meanwhile, is counted to the last row', async () => {
  await using station = await openCountingStation();
  await station.books.keep();
  let no = 0;
  async function* withDesk() {
    for (const buffer of buffersOf(20_000, csvLine, heading)) {
      no += 1;
      const collectedAt = new Date(`2026-0${1 + (no % 9)}-05T01:00:00Z`);
      const said = { procedure: 'WHOLE_BLOOD', volumeMl: 400, outcome: 'COMPLETE', permit: null } as const;
      await station.donations.record({ donationNo: `DESK${no}`, token: donorOf(no % 3), collectedAt, ...said });
      await station.books.keep();
      yield buffer;
    }
  }
  const { summary } = await station.import('donations', withDesk());
  expect(summary.inserted).toBe(20_000);
  await station.books.keep();
  const tally = await station.tally();
  expect(tally).toEqual(await station.exact());
  expect(tally).toContainEqual(expect.objectContaining({ family: 'DONORS', period: '2024' }));
}, 120_000);

test('a teller that is killed in the middle has done nothing, and the next does all of it, once', async () => {
  await using station = await openCountingStation({ closingDays: 0 });
  const token = donorOf(1);
  const said = { procedure: 'PLATELETS', volumeMl: 200, outcome: 'COMPLETE', permit: null } as const;
  await station.books.keep();
  await station.donations.record({ donationNo: 'D1', token, collectedAt: new Date('2026-11-02T01:00:00Z'), ...said });
  const before = await station.tally();

  const client = new pg.Client({ connectionString: station.url });
  await client.connect();
  try {
    station.world.now = new Date('2026-12-01T00:00:00+08:00');
    await client.query('BEGIN');
    // Its last statement closes the books, and waits for whoever holds them.
    await client.query('SELECT FROM books FOR UPDATE');
    const broken = expect(station.books.keep()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await vi.waitFor(
      async () => {
        const killed = await station.rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%closed_count%'`,
        );
        expect(killed).toHaveLength(1);
      },
      { timeout: 30_000 },
    );
    await broken;
    await client.query('ROLLBACK');
  } finally {
    await client.end();
  }
  expect(await station.tally()).toEqual(before);
  expect(await station.rows('SELECT FROM closed_count')).toEqual([]);

  await station.books.keep();
  expect(await station.tally()).toEqual(await station.exact());
  expect(await station.rows("SELECT class, count FROM closed_count WHERE family = 'DONATIONS'")).toEqual([
    { class: 'PLATELETS', count: 1 },
  ]);
});
