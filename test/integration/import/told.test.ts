/** What an import tells the federation: of every new fact what the desk would have told, and nothing else. */
import { createReadStream } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { createPostgresOutbox } from '#node/adapters/postgres-outbox.ts';
import { tokenOf } from '#node/db/columns.ts';
import { donationRecorded } from '#node/domain/telling.ts';
import { createDonations } from '#node/modules/donations/donations.ts';
import { EventBody } from '#schema/events.ts';
import { DonorToken } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import { withEntries } from '#test/support/entry.ts';
import { sampleFolder } from '#test/support/sample.ts';

import { arriving, openStation, partitions } from './station-under-test.ts';

const donor = '330598198908257048';
const donations = 'donation_no,document_type,document_number,procedure,collected_at,volume_ml,outcome';
const lookouts = 'lookout_no,document_type,document_number,marker,confirmed_on,cleared_on,laboratory';
const registrations = 'registration_no,document_type,document_number,registered_on,released_on';
const draw = (number: string, volume = '400') =>
  `${number},01,${donor},WHOLE_BLOOD,2026-01-05T09:00:00+08:00,${volume},COMPLETE`;
const lookout = (number: string, cleared = '') => `${number},01,${donor},HBV,2026-01-05,${cleared},a laboratory`;

type Station = Awaited<ReturnType<typeof openStation>>;

const day = (date: Date) => date.toISOString().slice(0, 10);

async function outboxOf(station: Station) {
  const rows = await station.prisma.outbox.findMany({ orderBy: { id: 'asc' } });
  return rows.map((row) => {
    expect(row.partition).toBe(partitionOf(tokenOf(row.token), partitions));
    expect(row).toMatchObject({ seq: null, at: station.clock.now() });
    return { id: row.id, token: tokenOf(row.token), body: EventBody.parse(row.body) };
  });
}

/** What the records of a station say, by the words of the domain and not by the SQL of the import. */
async function factsOf({ prisma }: Station) {
  const drawn = await prisma.donation.findMany();
  const barred = await prisma.lookout.findMany();
  const registered = await prisma.registration.findMany();
  const first = [
    ...drawn.map((fact) => ({ ...fact, body: donationRecorded(fact, null) })),
    ...barred.map((fact) => ({ ...fact, body: { type: 'bar.set', since: day(fact.confirmedOn) } })),
    ...registered.map((fact) => ({ ...fact, body: { type: 'registration.claimed', since: day(fact.registeredOn) } })),
  ].map(({ eventId, token, body }) => ({ id: eventId, token: tokenOf(token), body }));
  const closed = [
    ...barred.map(({ eventId, token, clearedOn }) => ({ type: 'bar.lifted', of: eventId, token, until: clearedOn })),
    ...registered.map(({ eventId, token, releasedOn }) => ({
      type: 'registration.released',
      of: eventId,
      token,
      until: releasedOn,
    })),
  ].flatMap(({ token, until, ...body }) =>
    until === null ? [] : [{ token: tokenOf(token), body: { ...body, until: day(until) } }],
  );
  return { first, closed };
}

const byText = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

async function expectToldAsRecorded(station: Station): Promise<void> {
  const { first, closed } = await factsOf(station);
  const told = await outboxOf(station);
  const ids = new Set(first.map(({ id }) => id));
  expect(told.filter(({ id }) => ids.has(id)).sort(byText)).toEqual(first.sort(byText));
  const endings = told.filter(({ id }) => !ids.has(id)).map(({ token, body }) => ({ token, body }));
  expect(endings.sort(byText)).toEqual(closed.sort(byText));
}

describe('the sample', () => {
  test.each([
    ['320198B01', ['donations', 'lookouts']],
    ['371498P01', ['donations', 'registrations']],
  ] as const)('of %s is told fact by fact, and a second import tells nothing', async (name, kinds) => {
    await using station = await openStation(name);
    for (const kind of kinds)
      await station.import(kind, createReadStream(new URL(`${name}/${kind}.csv`, sampleFolder)));
    await expectToldAsRecorded(station);
    const told = await station.dumpOf('outbox');
    expect(told.length).toBeGreaterThan(100);
    for (const kind of kinds)
      await station.import(kind, createReadStream(new URL(`${name}/${kind}.csv`, sampleFolder)));
    expect(await station.dumpOf('outbox')).toEqual(told);
    expect(await station.prisma.donation.count({ where: { NOT: { flag: null, permit: null } } })).toBe(0);
  });
});

test('a chunk that repeats, contradicts and adds tells of what it adds', async () => {
  await using station = await openStation('330198B01');
  await station.importLines('donations', donations, draw('A1'), draw('A1'), draw('A1', '300'), draw('A2'));
  await station.importLines('donations', donations, draw('A2'), draw('A3'), draw('A1', '300'));
  expect(await station.dumpOf('outbox')).toHaveLength(3);
  await expectToldAsRecorded(station);
  expect(station.wakes.count).toBe(2);
});

test('a closing day is told once, whether it comes with its record, after it in the file, or later', async () => {
  await using station = await openStation('330198B01');
  await station.importLines(
    'lookouts',
    lookouts,
    lookout('L1', '2026-03-01'),
    lookout('L2'),
    lookout('L2', '2026-03-02'),
    lookout('L3'),
  );
  await expectToldAsRecorded(station);
  expect(await station.dumpOf('outbox')).toHaveLength(5);
  const later = [lookout('L1', '2026-03-01'), lookout('L3', '2026-03-03'), lookout('L3', '2026-03-03'), lookout('L3')];
  await station.importLines('lookouts', lookouts, ...later);
  await station.importLines('lookouts', lookouts, ...later);
  await expectToldAsRecorded(station);
  expect(await station.dumpOf('outbox')).toHaveLength(6);
});

test('the end of a registration is told', async () => {
  await using station = await openStation('330798P01');
  const row = (released: string) => `R1,01,${donor},2026-01-05,${released}`;
  await station.importLines('registrations', registrations, row(''));
  await station.importLines('registrations', registrations, row('2026-05-01'));
  await expectToldAsRecorded(station);
  expect(await station.dumpOf('outbox')).toHaveLength(2);
});

test('a closing day of a record of before the donor log waits until the record itself is told', async () => {
  await using station = await openStation('330198B01');
  await station.importLines('lookouts', lookouts, lookout('L1'));
  await station.pool.query('UPDATE lookout SET event_id = NULL');
  await station.pool.query('DELETE FROM outbox');
  await station.importLines('lookouts', lookouts, lookout('L1', '2026-03-01'));
  expect(await station.dumpOf('outbox')).toEqual([]);
});

test('a file that is cut off tells nothing', async () => {
  await using station = await openStation('330198B01');
  async function* cutOff() {
    yield* arriving([donations, draw('A1'), draw('A2'), ''].join('\n'));
    throw new RangeError('gone');
  }
  await expect(station.import('donations', cutOff())).rejects.toMatchObject({ code: 'CUT_OFF' });
  expect(await station.dumpOf('outbox')).toEqual([]);
  expect(station.wakes.count).toBe(0);
});

test('while an import is under way a desk records, and the relay counts what the desk recorded', async () => {
  await using station = await openStation('330198B01');
  const outbox = createPostgresOutbox({ pool: station.pool, station: station.station.code });
  const desk = withEntries(station.pool, station.station.code, createDonations(station));
  const record = (donationNo: string) =>
    desk.record({
      donationNo,
      token: DonorToken.parse('A'.repeat(43)),
      procedure: 'WHOLE_BLOOD',
      collectedAt: new Date('2026-02-01T01:00:00Z'),
      volumeMl: 400,
      outcome: 'COMPLETE',
      permit: null,
    });
  let sent = new Map<number, number>();
  async function send(limit: number): Promise<number[]> {
    const events = await outbox.next(limit, sent);
    sent = new Map(events.map(({ partition, seq }) => [partition, seq]));
    return events.map(({ seq }) => seq);
  }
  async function* slowly() {
    const rows = Array.from({ length: 20_001 }, (_, index) => draw(`N${index}`));
    yield* arriving([donations, ...rows, ''].join('\n'));
    // One chunk is in the database by now, the next on its way, and the file has not ended.
    await record('DESK1');
    expect(await send(100)).toEqual([1]);
    yield* arriving(`${draw('LAST')}\n`);
    await record('DESK2');
    expect(await send(100)).toEqual([2]);
  }
  const { summary } = await station.import('donations', slowly());
  expect(summary.inserted).toBe(20_002);
  while ((await send(5_000)).length > 0);
  const [counted] = await station.prisma.$queryRaw<{ gaps: number }[]>`
    SELECT count(*) FILTER (WHERE seq IS DISTINCT FROM place)::int AS gaps
    FROM (SELECT seq, row_number() OVER (PARTITION BY partition ORDER BY seq) AS place FROM outbox) o`;
  expect(counted).toEqual({ gaps: 0 });
});
