/** A station that reads the donor log: crashes, losses, several instances, and a copy that is built again. */
import { describe, expect, test } from 'vitest';

import { createJoseSigner } from '#node/adapters/jose-keys.ts';
import { placeOf } from '#node/domain/place.ts';
import type { InboxPort, LogPort } from '#node/ports.ts';
import { createReplay } from '#node/replication/replay.ts';
import { createRecords, createTeller, createTestDirectory, donated, donorNamed } from '#test/support/donor-log.ts';
import type { Said } from '#test/support/donor-log.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';

import { partitions, stateOf } from './copy-under-test.ts';
import { createReplica, createTestLog, createTestStopwatch } from './replica.ts';

const codes = ['310198B01', '320198B01', '330198B01'] as const;
const directory = createTestDirectory([...codes]);

async function setUp() {
  const [database, logDatabase] = [await createTestDatabase(), await createTestDatabase({ empty: true })];
  const log = createTestLog(logDatabase.url);
  const tellers = codes.map((code) => createTeller(code, partitions));
  return {
    database,
    log,
    tellers,
    tell: (...said: readonly Said[]) =>
      log.append(
        'donors',
        said.map(({ partition, token, jws }) => ({ partition, key: token, value: jws })),
      ),
    async [Symbol.asyncDispose]() {
      await log.stop();
      await database[Symbol.asyncDispose]();
      await logDatabase[Symbol.asyncDispose]();
    },
  };
}

/** Facts of some donors by every member in turn. */
async function saySome(
  tellers: readonly ReturnType<typeof createTeller>[],
  count: number,
  donors: number,
): Promise<Said[]> {
  const said: Said[] = [];
  for (let number = 0; number < count; number += 1) {
    const teller = tellers[number % tellers.length];
    const donor = donorNamed(String((number * 7) % donors));
    const body =
      number % 11 === 3
        ? { type: 'bar.set', since: '2026-11-10' }
        : donated(new Date(Date.now() - 86_400_000).toISOString());
    if (teller !== undefined) said.push(await teller.say(donor, body));
  }
  return said;
}

/** Says what a member has said, as it does every few seconds. */
async function beat(log: LogPort, code: string, seqs: readonly number[], asOf: number): Promise<void> {
  const heartbeat = JSON.stringify({ origin: code, asOf, seqs });
  const value = await createJoseSigner(testSigningKey(code)).sign('heartbeat', heartbeat);
  await log.append('control', [{ partition: 0, key: code, value }]);
}

const seqsOf = ({ counted }: ReturnType<typeof createTeller>) =>
  Array.from({ length: partitions }, (_, partition) => counted.get(partition) ?? 0);

/** An inbox whose every third transaction is lost by its caller: before it is kept, or after. */
function failing(inbox: InboxPort): InboxPort {
  let turn = 0;
  return {
    ...inbox,
    async transact(partition, origins, work) {
      turn += 1;
      const now = turn;
      const answer = await inbox.transact(partition, origins, async (transaction) => {
        const done = await work(transaction);
        if (now % 3 === 1) throw new Error('killed before the commit');
        return done;
      });
      if (now % 3 === 2) throw new Error('killed after the commit');
      return answer;
    },
  };
}

describe('a station that reads the log', () => {
  test('applies everything once though it is killed before and after commits', async () => {
    await using world = await setUp();
    await using healthy = await createTestDatabase();
    await world.tell(...(await saySome(world.tellers, 60, 10)));
    const options = { code: codes[0], directory, log: world.log };
    await using shaken = createReplica({ ...options, databaseUrl: world.database.url, around: failing });
    await using calm = createReplica({ ...options, databaseUrl: healthy.url });
    shaken.start();
    calm.start();
    await Promise.all([shaken, calm].map((replica) => replica.until(() => replica.catchUp.isDone())));
    const [one, other] = [await stateOf(shaken.pool), await stateOf(calm.pool)];
    expect(one).toStrictEqual(other);
    expect(one.event).toHaveLength(60);
  });

  test('that begins late counts its places from the number the directory gives the log, as does one that did not see it go', async () => {
    await using world = await setUp();
    await using elsewhere = await createTestDatabase();
    await world.tell(...(await saySome(world.tellers, 30, 10)));
    const options = { code: codes[0], log: world.log };
    {
      await using before = createReplica({ ...options, directory, databaseUrl: elsewhere.url });
      before.start();
      await before.until(() => before.catchUp.isDone());
    }
    const raised = createTestDirectory([...codes], { logEpoch: 1 });
    await using late = createReplica({ ...options, directory: raised, databaseUrl: world.database.url });
    await using unaware = createReplica({ ...options, directory: raised, databaseUrl: elsewhere.url });
    late.start();
    unaware.start();
    await Promise.all([late, unaware].map((replica) => replica.until(() => replica.catchUp.isDone())));
    const [one, other] = [await stateOf(late.pool), await stateOf(unaware.pool)];
    expect(one.log_position).toStrictEqual(other.log_position);
    expect(await late.inbox.positions(partitions)).toStrictEqual(
      (await world.log.bounds('donors')).map(({ end }) => placeOf(1, end)),
    );
    expect(one.event).toHaveLength(30);
    expect([late.recreated.size, unaware.recreated.size]).toStrictEqual([0, partitions]);
  });

  test('comes to the same copy with two appliers at once', async () => {
    await using world = await setUp();
    await using healthy = await createTestDatabase();
    await world.tell(...(await saySome(world.tellers, 90, 10)));
    const options = { code: codes[0], directory, log: world.log, databaseUrl: world.database.url };
    await using one = createReplica({ ...options, instance: 'one' });
    await using two = createReplica({ ...options, instance: 'two' });
    await using calm = createReplica({ ...options, databaseUrl: healthy.url });
    for (const replica of [one, two, calm]) replica.start();
    await world.tell(...(await saySome(world.tellers, 90, 10)));
    const isDone = ({ catchUp }: typeof one) => catchUp.isDone() && catchUp.status().left === 0;
    const total = ({ catchUp }: typeof one) =>
      catchUp.status().partitions.reduce((sum, { position }) => sum + position, 0);
    await Promise.all(
      [one, two, calm].map((replica) => replica.until(() => isDone(replica) && total(replica) === 180)),
    );
    expect(await stateOf(one.pool)).toStrictEqual(await stateOf(calm.pool));
  });

  test('tells the other instances how far the copy is, and what became of own claims', async () => {
    await using world = await setUp();
    const options = { code: codes[0], directory, log: world.log, databaseUrl: world.database.url };
    await using reading = createReplica({ ...options, instance: 'one' });
    await using listening = createReplica({ ...options, instance: 'two' });
    const outcomes: unknown[] = [];
    listening.progress.onClaims((claims) => outcomes.push(...claims));
    reading.start();
    listening.start(false);
    await Promise.all([reading, listening].map((replica) => replica.until(() => replica.progress.isKnown())));

    const [here, there] = world.tellers;
    if (here === undefined || there === undefined) throw new Error('no tellers');
    const ruleSet = { id: 'UNKNOWN', hash: '0'.repeat(64) };
    const body = { type: 'permit.claimed', procedure: 'WHOLE_BLOOD', lifetimeMs: 60_000, notAfter: 9e12, ruleSet };
    const [own, foreign] = [await here.say(donorNamed('a'), body), await there.say(donorNamed('a'), body)];
    await world.tell(own, foreign);
    await listening.until(() => listening.progress.heardOf(there.origin, own.partition).upTo === 1);
    expect(outcomes).toStrictEqual([[own.id, { outcome: 'UNDECIDED', appendedAt: expect.any(Number) as number }]]);
    expect(listening.progress.heardOf(here.origin, own.partition)).toStrictEqual({
      upTo: 1,
      highest: 1,
      forkedAt: null,
    });
  });

  test('knows nothing while it may miss something, and everything again afterwards', async () => {
    await using world = await setUp();
    const options = { code: codes[0], directory, log: world.log, databaseUrl: world.database.url };
    await using replica = createReplica(options);
    replica.start();
    const [, there] = world.tellers;
    if (there === undefined) throw new Error('no teller');
    const said = await there.say(donorNamed('a'), donated());
    await world.tell(said);
    const isHeard = () => replica.progress.heardOf(there.origin, said.partition).upTo === 1;
    await replica.until(isHeard);
    let states = 0;
    const isCut = () => !replica.progress.isKnown() && !isHeard();
    const cut = replica.until(() => {
      states += 1;
      return isCut();
    });
    await replica.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lookout applied'",
    );
    await cut;
    await replica.until(() => replica.progress.isKnown() && isHeard());
    expect(states).toBeGreaterThan(1);
  });
});

describe('what the transport loses', () => {
  test('is seen and asked of its origin, also the last of what it said; nothing counts as complete before', async () => {
    await using world = await setUp();
    const said = await saySome(world.tellers, 400, 40);
    const isLost = (place: number) => place % 97 === 5 || place >= 397;
    const asOf = Date.parse('2026-11-20T00:00:00Z');
    // What the origins have: all of it, at the places the true log would give.
    const places = createRecords(partitions);
    const resent = said.map((one) => ({ ...one, place: places.tell(one)[0] }));
    const asked: string[] = [];
    const origins = {
      eventsSince: (origin: string, partition: number, seq: number) => {
        asked.push(origin);
        const some = resent.filter((one) => one.origin === origin && one.partition === partition && one.seq >= seq);
        return Promise.resolve(
          some
            .slice(0, 5)
            .map(({ jws, place }) => ({ jws, offset: place?.offset ?? 0, appendedAt: place?.appendedAt ?? 0 })),
        );
      },
    };
    await using replica = createReplica({
      code: codes[0],
      directory,
      log: world.log,
      databaseUrl: world.database.url,
      origins,
      // What the log has lost of the own words is sent again, as the relay does it.
      resend: async (partition, after) => {
        const own = said.filter((one) => one.origin === codes[0] && one.partition === partition && one.seq > after);
        await world.tell(...own);
      },
    });
    await world.tell(...said.filter((_, place) => !isLost(place)));
    for (const teller of world.tellers) await beat(world.log, teller.origin, seqsOf(teller), asOf);
    replica.start();
    await replica.until(
      () => replica.progress.isKnown() && replica.catchUp.isDone() && replica.catchUp.status().left === 0,
    );
    expect(replica.progress.broken().length).toBeGreaterThan(0);
    for (const { origin } of world.tellers) expect(replica.watermarks.watermarkOf(origin)).toBeNull();

    // Whoever is a little late is not asked yet; whoever is very late is.
    const isWhole = () => world.tellers.every(({ origin }) => replica.watermarks.watermarkOf(origin) === asOf);
    while (!isWhole()) {
      replica.stopwatch.push(1_000);
      while (await replica.repair.step());
      await new Promise(setImmediate);
    }
    expect(replica.progress.broken()).toStrictEqual([]);
    expect(new Set(asked)).toStrictEqual(new Set(codes.slice(1)));
    const { rows } = await replica.pool.query('SELECT id FROM event');
    expect(rows).toHaveLength(said.length);
  });
});

describe('replay', () => {
  test('builds the same copy again while the station runs, and nothing counts as complete meanwhile', async () => {
    await using world = await setUp();
    const directory = createTestDirectory([...codes], { logEpoch: 2 });
    const said = await saySome(world.tellers, 300, 30);
    await world.tell(...said);
    await world.log.append('donors', [{ partition: 0, key: 'x', value: 'nonsense' }]);
    const asOf = Date.parse('2026-11-20T00:00:00Z');
    for (const teller of world.tellers) await beat(world.log, teller.origin, seqsOf(teller), asOf);
    await using replica = createReplica({ code: codes[0], directory, log: world.log, databaseUrl: world.database.url });
    replica.start();
    const isWhole = () => world.tellers.every(({ origin }) => replica.watermarks.watermarkOf(origin) === asOf);
    await replica.until(() => replica.catchUp.isDone());
    while (!isWhole()) await new Promise(setImmediate);
    const before = await stateOf(replica.pool);
    expect(before.quarantine).toHaveLength(1);
    expect(before.conflict.length).toBeGreaterThan(0);

    let wasEmpty = false;
    const fellBack = replica.until(() => {
      wasEmpty ||= !isWhole();
      return wasEmpty;
    });
    await using command = createReplica({
      code: codes[0],
      directory,
      log: world.log,
      databaseUrl: world.database.url,
      instance: 'the command',
    });
    const replay = createReplay({ inbox: command.inbox, stopwatch: createTestStopwatch(), partitions: 1_000 });
    await replay.begin();
    await fellBack;
    while (!(await replay.look()).isDone) await new Promise(setImmediate);
    const { left, partitions: reached } = await replay.look();
    expect(left).toBe(0);
    expect(reached.every(({ position, end }) => position === end)).toBe(true);
    while (!isWhole()) await new Promise(setImmediate);
    expect(await stateOf(replica.pool)).toStrictEqual(before);
  });
});
