/** When months are closed, and that what was told of them stays. */
import { expect, test } from 'vitest';

import { heading } from '#scripts/bench/import/rows.ts';
import { donorOf } from '#test/integration/outbox/telling-station.ts';

import { openCountingStation } from './counting-station.ts';
import type { CountingStation } from './counting-station.ts';

const said = { procedure: 'WHOLE_BLOOD', volumeMl: 400, outcome: 'COMPLETE', permit: null } as const;
const at = (text: string) => new Date(`${text}T09:00:00+08:00`);

const record = ({ donations }: CountingStation, donationNo: string, on: string, donor = 1) =>
  donations.record({ donationNo, token: donorOf(donor), collectedAt: at(on), ...said });
const importOne = (station: CountingStation, number: string, on: string) =>
  station.importLines(
    'donations',
    heading.trim(),
    `${number},03,E00000001,WHOLE_BLOOD,${on}T09:00:00+08:00,400,COMPLETE`,
  );
const donationsOf = ({ books }: CountingStation, year: number) => books.closedCounts({ family: 'DONATIONS', year });
const wholeBlood = (period: string, count: number) => ({ period, class: 'WHOLE_BLOOD', count });

test('a month is told once it is closed, and what is recorded, corrected or imported later changes nothing of it', async () => {
  await using station = await openCountingStation();
  await station.books.keep();
  await record(station, 'D1', '2026-10-05');
  await record(station, 'D2', '2026-10-06');
  await record(station, 'D3', '2026-11-06');
  station.world.now = at('2026-12-10');
  const told = await donationsOf(station, 2026);
  expect(told).toEqual({ closedUntil: '2026-11-01', counts: [wholeBlood('2026-10', 2)] });

  await record(station, 'D4', '2026-10-07');
  await importOne(station, 'D5', '2026-10-08');
  const { volumeMl, procedure } = said;
  const truth = { volumeMl, procedure, outcome: 'NO_BLOOD', collectedAt: at('2026-10-05'), token: null } as const;
  await station.donations.correct({ donationNo: 'D1', ...truth, correctedBy: 'somebody', reason: 'a slip' });
  await station.books.keep();
  expect(await donationsOf(station, 2026)).toEqual(told);

  station.world.now = at('2026-12-11');
  expect(await donationsOf(station, 2026)).toEqual({
    closedUntil: '2026-12-01',
    counts: [wholeBlood('2026-10', 2), wholeBlood('2026-11', 1)],
  });
  await expect(station.pool.query('UPDATE closed_count SET count = 3')).rejects.toThrow('stays as it is');
});

test('nothing is closed until so many days after the first import, which is history and not late', async () => {
  await using station = await openCountingStation();
  await station.books.keep();
  station.world.now = at('2026-11-25');
  // The import is of the evening of the 21st, and the month before was over long ago.
  await importOne(station, 'D1', '2026-09-05');
  expect(await donationsOf(station, 2026)).toEqual({ closedUntil: '1990-01-01', counts: [] });
  await importOne(station, 'D2', '2026-09-06');
  await record(station, 'D3', '2026-10-06');

  station.world.now = at('2026-12-02');
  expect(await donationsOf(station, 2026)).toEqual({
    closedUntil: '2026-11-01',
    counts: [wholeBlood('2026-09', 2), wholeBlood('2026-10', 1)],
  });
  const late = await station.books.closedCounts({ family: 'LATE_UPLOADS', year: 2026 });
  expect(late.counts).toEqual([
    { period: '2026-09', class: 'ALL', count: 1 },
    { period: '2026-10', class: 'ALL', count: 1 },
  ]);
});

test('donors are told for months, and for quarters and years when their last month is closed', async () => {
  await using station = await openCountingStation({ closingDays: 0 });
  await record(station, 'D1', '2026-07-05', 1);
  await record(station, 'D2', '2026-08-05', 1);
  await record(station, 'D3', '2026-08-06', 2);
  await record(station, 'D4', '2026-11-06', 3);
  const donors = () => station.books.closedCounts({ family: 'DONORS', year: 2026 });
  const all = (period: string, count: number) => ({ period, class: 'ALL', count });
  const third = [all('2026-07', 1), all('2026-08', 2), all('2026-Q3', 2)];
  expect((await donors()).counts).toEqual(expect.arrayContaining(third));
  expect((await donors()).counts).toHaveLength(3);
  station.world.now = at('2027-01-01');
  const year = [...third, all('2026-11', 1), all('2026-Q4', 1), all('2026', 3)];
  expect((await donors()).counts).toEqual(expect.arrayContaining(year));
  expect((await donors()).counts).toHaveLength(6);
});

test('two instances that close at the same time close once', async () => {
  await using station = await openCountingStation({ closingDays: 0 });
  await record(station, 'D1', '2026-10-05');
  const others = [station.otherBooks(), station.otherBooks(), station.otherBooks()];
  await Promise.all([station.books, ...others].map((books) => books.keep()));
  expect((await donationsOf(station, 2026)).counts).toEqual([wholeBlood('2026-10', 1)]);
});

test('while its first import runs, or the teller is held up with books that are due, a station is not ready', async () => {
  const loading = { isDone: false };
  await using station = await openCountingStation({ isLoaded: () => Promise.resolve(loading.isDone), patienceMs: 50 });
  await station.books.keep();
  expect(await station.rows('SELECT FROM books')).toEqual([]);
  await expect(donationsOf(station, 2026)).rejects.toMatchObject({ code: 'STATION_NOT_READY' });

  loading.isDone = true;
  expect(await donationsOf(station, 2026)).toMatchObject({ counts: [] });
  station.world.now = at('2026-12-31');
  const client = await station.pool.connect();
  try {
    await client.query('BEGIN; LOCK TABLE tally IN SHARE ROW EXCLUSIVE MODE');
    await expect(donationsOf(station, 2026)).rejects.toMatchObject({ code: 'STATION_NOT_READY' });
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  await station.books.keep();
  expect(await donationsOf(station, 2026)).toMatchObject({ closedUntil: '2026-12-01' });
});
