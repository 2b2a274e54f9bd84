/** Late facts at a station: a conflict is opened, somebody settles it, and no unit leaves before. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createConflicts } from '#node/modules/conflicts/conflicts.ts';
import { createRelease } from '#node/modules/release/release.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import { createDesk, here, there } from '#test/integration/permits/desk-under-test.ts';
import type { Desk } from '#test/integration/permits/desk-under-test.ts';
import { asker } from '#test/support/asker.ts';
import { donated, donorNamed } from '#test/support/donor-log.ts';
import { withEntries } from '#test/support/entry.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

const donor = donorNamed('in two places');
const token = Buffer.from(donor, 'base64url');
const eventId = '01900000-0000-7000-8000-00000000000a';

/** The own station has drawn on 10 November, and told of it. */
async function drawHere(desk: Desk): Promise<void> {
  const body = donated('2026-11-10T02:00:00.000Z');
  const { partition } = await desk.other.say(donor, body);
  desk.other.counted.set(partition, 0);
  await desk.copy.pool.query('INSERT INTO outbox (id, partition, token, at, body) VALUES ($1, $2, $3, now(), $4)', [
    eventId,
    partition,
    token,
    body,
  ]);
  await desk.copy.pool.query(
    `INSERT INTO donation (donation_no, token, procedure, collected_at, collected_on, volume_ml, outcome, event_id)
     VALUES ('D1', $1, 'WHOLE_BLOOD', '2026-11-10T02:00:00Z', '2026-11-10', 400, 'COMPLETE', $2)`,
    [token, eventId],
  );
  await desk.carry();
}

async function openDesk() {
  const desk = await createDesk();
  await drawHere(desk);
  const { prisma, clock, ruleSet } = desk;
  const conflicts = withEntries(desk.copy.pool, here, createConflicts({ prisma, clock }));
  const release = createRelease({ prisma, ruleSet, knownOf: (who, token) => desk.eligibility.knownOf(who, token) });
  return { desk, conflicts, release, [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose]() };
}

describe('a late donation elsewhere', () => {
  test('opens a conflict here, holds the unit, and is settled once', async () => {
    await using world = await openDesk();
    const { desk, conflicts, release } = world;
    expect((await release.check(asker, 'D1')).verdict).toBe('CLEARED');
    const late = await desk.other.say(donor, donated('2026-11-01T02:00:00.000Z'));
    desk.records.tell(late);
    await desk.apply();
    const [conflict] = await desk.prisma.conflict.findMany();
    expect(conflict).toMatchObject({ kind: 'INTERVAL', stations: [here, there], donations: ['D1'], state: 'OPEN' });
    const held = await release.check(asker, 'D1');
    expect(held.verdict).toBe('HOLD');
    expect(held.grounds.map(({ code, conflict: id }) => [code, id])).toEqual([
      ['CONFLICT', conflict?.id],
      ['NOT_ELIGIBLE', null],
    ]);
    const resolution = { id: conflict?.id ?? '', resolvedBy: 'Dr Example', reason: 'unit discarded' };
    expect(await conflicts.resolve(resolution)).toMatchObject({ state: 'RESOLVED', resolvedBy: 'Dr Example' });
    await expect(conflicts.resolve(resolution)).rejects.toMatchObject({ code: 'ALREADY_RESOLVED' });
    expect((await release.check(asker, 'D1')).grounds.map(({ code }) => code)).toEqual(['NOT_ELIGIBLE']);
    desk.records.tell(await desk.other.say(donor, { type: 'bar.set', since: '2027-01-01' }));
    await desk.apply();
    expect(await desk.prisma.conflict.findMany()).toMatchObject([{ state: 'RESOLVED' }]);
  });

  test('that is corrected away withdraws it, and the unit is free', async () => {
    await using world = await openDesk();
    const { desk, release } = world;
    const late = await desk.other.say(donor, donated('2026-11-01T02:00:00.000Z'));
    desk.records.tell(late, await desk.other.say(donor, { type: 'donation.corrected', of: late.id, donation: null }));
    await desk.apply();
    expect(await desk.prisma.conflict.findMany({ where: { state: 'OPEN' } })).toEqual([]);
    expect((await release.check(asker, 'D1')).verdict).toBe('CLEARED');
  });
});

test('a bar dated before the donation that comes after its release check raises the alarm here', async () => {
  await using world = await openDesk();
  const { desk, release } = world;
  expect((await release.check(asker, 'D1')).verdict).toBe('CLEARED');
  desk.records.tell(await desk.other.say(donor, { type: 'bar.set', since: '2026-11-05' }));
  await desk.apply();
  expect(await desk.prisma.conflict.findMany()).toMatchObject([{ kind: 'BARRED', donations: ['D1'] }]);
  expect((await release.check(asker, 'D1')).grounds.map(({ code }) => code)).toEqual([
    'BAR',
    'CONFLICT',
    'NOT_ELIGIBLE',
  ]);
});

test('no unit leaves while a member cannot be heard, and one that is not there is not found', async () => {
  await using world = await openDesk();
  const { desk, release } = world;
  const silent: StationCoverage = { station: there, state: 'MISSING', asOf: null, fault: 'STATION_BEHIND' };
  desk.world.fresh = [silent];
  expect(await release.check(asker, 'D1')).toMatchObject({ verdict: 'INDETERMINATE', grounds: [{ code: 'COVERAGE' }] });
  await expect(release.check(asker, 'D2')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what a resolution must say is checked', async () => {
  await using world = await openDesk();
  const { conflicts } = world;
  const resolve = (resolvedBy: string, reason: string) => conflicts.resolve({ id: 'none', resolvedBy, reason });
  await expect(resolve('', 'why')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(resolve('who', ' ')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(resolve('who', 'x'.repeat(501))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(resolve('who', 'why')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('the subgraph', () => {
  let directory: Awaited<ReturnType<typeof createDirectoryFile>>;
  let station: Awaited<ReturnType<typeof startStation>>;

  beforeAll(async () => {
    directory = await createDirectoryFile([memberOf(here)]);
    station = await startStation({ code: here, directoryFile: directory.file });
    const client = new pg.Client({ connectionString: station.databaseUrl });
    await client.connect();
    await client.query(
      `INSERT INTO conflict (id, kind, token, stations, events, donations, rule, opened_at, state)
       SELECT 'c' || n, 'INTERVAL', $1, ARRAY['310198B01', '320198B01'], '{}', '{D1}', 'WHOLE_BLOOD>WHOLE_BLOOD',
         timestamptz '2026-11-01T00:00:00Z' + n * interval '1 day',
         (CASE WHEN n = 3 THEN 'WITHDRAWN' ELSE 'OPEN' END)::conflict_state
       FROM generate_series(1, 4) AS n`,
      [token],
    );
    await client.end();
  });

  afterAll(async () => {
    await station[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  test('lists conflicts, the newest first, by state, page by page', async () => {
    const page = `query ($after: String) {
      conflicts(state: OPEN, first: 2, after: $after) { edges { node { id kind stations donations rule openedAt } } pageInfo { endCursor hasNextPage } }
    }`;
    const first = await station.ask(page);
    expect(first).toMatchObject({
      data: {
        conflicts: {
          edges: [
            {
              node: {
                id: 'c4',
                kind: 'INTERVAL',
                stations: ['310198B01', '320198B01'],
                donations: ['D1'],
                rule: 'WHOLE_BLOOD>WHOLE_BLOOD',
                openedAt: '2026-11-05T00:00:00.000Z',
              },
            },
            { node: { id: 'c2' } },
          ],
          pageInfo: { hasNextPage: true },
        },
      },
    });
    const { pageInfo } = first.data?.['conflicts'] as { pageInfo: { endCursor: string } };
    expect(await station.ask(page, { after: pageInfo.endCursor })).toMatchObject({
      data: { conflicts: { edges: [{ node: { id: 'c1' } }], pageInfo: { hasNextPage: false } } },
    });
  });

  test('settles one, and refuses one that is settled or is not there', async () => {
    const settle = `mutation ($id: ID!) { resolveConflict(id: $id, resolvedBy: "Dr Example", reason: "seen") {
      ... on Conflict { id state resolvedBy reason closedAt } ... on Refused { code }
    } }`;
    const answers = [];
    for (const id of ['c1', 'c1', 'c3', 'c9'])
      answers.push((await station.ask(settle, { id })).data?.['resolveConflict']);
    expect(answers).toEqual([
      { id: 'c1', state: 'RESOLVED', resolvedBy: 'Dr Example', reason: 'seen', closedAt: '2026-11-21T04:00:00.000Z' },
      { code: 'ALREADY_RESOLVED' },
      { code: 'ALREADY_RESOLVED' },
      { code: 'NOT_FOUND' },
    ]);
    expect(await station.ask('{ one: conflict(id: "c1") { state } none: conflict(id: "x") { state } }')).toEqual({
      data: { one: { state: 'RESOLVED' }, none: null },
    });
  });

  test('says how the station stands in the donor log', async () => {
    const query = `{ _stations(codes: ["${here}"]) { replication { conflictsOpen quarantined fresh members origins { origin } } } }`;
    expect(await station.ask(query)).toMatchObject({
      data: { _stations: [{ replication: { quarantined: 0, fresh: 0, members: 0, origins: [] } }] },
    });
  });

  test('has permits and the check before a release', async () => {
    expect(await station.ask('{ permits { edges { node { id state } } } }')).toEqual({
      data: { permits: { edges: [] } },
    });
    const query = '{ releaseCheck(donationNo: "D9") { ... on Refused { code } } }';
    expect(await station.ask(query)).toEqual({ data: { releaseCheck: { code: 'NOT_FOUND' } } });
  });
});
