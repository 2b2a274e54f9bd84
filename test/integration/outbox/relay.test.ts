/** From the outbox to the log: every fact, in order, under numbers without a gap, whatever dies on the way. */
import { describe, expect, test } from 'vitest';

import { newEventId, tell } from '#node/db/outbox.ts';
import type { LogPort, OutboxPort } from '#node/ports.ts';
import { CivilDate } from '#schema/calendar.ts';
import type { DonorEvent } from '#schema/events.ts';
import { partitionOf } from '#schema/partition.ts';
import { testClock } from '#test/support/station.ts';

import {
  createRecorder,
  donorOf,
  drain,
  draw,
  openEmbeddedLog,
  openTellingStation,
  partitions,
} from './telling-station.ts';

type Station = Awaited<ReturnType<typeof openTellingStation>>;

const record = (station: Station, index: number) =>
  station.donations.record({ ...draw, donationNo: `N${index}`, token: donorOf(index) });

/** 1, 2, 3 ... in each partition, by what is in the database. */
async function expectNoGaps(station: Station): Promise<void> {
  const { rows } = await station.pool.query<{ gaps: number }>(`
    SELECT count(*) FILTER (WHERE seq IS DISTINCT FROM place)::int AS gaps
    FROM (SELECT seq, row_number() OVER (PARTITION BY partition ORDER BY seq) AS place FROM outbox) o`);
  expect(rows).toEqual([{ gaps: 0 }]);
}

/** Without what came twice, what a reader keeps: the numbers of each partition in the order of the log. */
function keptOf(events: readonly Pick<DonorEvent, 'partition' | 'seq'>[]): Map<number, number[]> {
  const kept = new Map<number, number[]>();
  for (const { partition, seq } of events) {
    const numbers = kept.get(partition) ?? [];
    kept.set(partition, numbers);
    if (seq > (numbers.at(-1) ?? 0)) numbers.push(seq);
  }
  return kept;
}

test('what is recorded is in the log, with all it says, under its donor and its partition', async () => {
  await using station = await openTellingStation('330198B01');
  const recorder = createRecorder();
  const { eventId } = await record(station, 1);
  await drain(station.relayInto(recorder));
  const [told] = await station.prisma.outbox.findMany();
  expect(recorder.entries.map(({ partition, key }) => ({ partition, key }))).toEqual([
    { partition: told?.partition, key: donorOf(1) },
  ]);
  expect(recorder.events()).toEqual([
    {
      id: eventId,
      origin: '330198B01',
      partition: told?.partition,
      seq: 1,
      token: donorOf(1),
      at: '2026-11-21T04:00:00.000Z',
      body: {
        type: 'donation.recorded',
        donation: {
          procedure: 'WHOLE_BLOOD',
          collectedAt: '2026-11-01T01:00:00.000Z',
          volumeMl: 400,
          outcome: 'COMPLETE',
        },
        permit: null,
      },
    },
  ]);
  expect(await station.outbox.state(partitions)).toMatchObject({ isDrained: true });
});

test('numbers have no gap under many writers, some of whom fail and some of whom are slow (D6)', async () => {
  await using station = await openTellingStation('330198B01');
  const recorder = createRecorder();
  const relay = station.relayInto(recorder);
  const body = { type: 'bar.set', since: CivilDate.parse('2026-01-01') } as const;
  const say = (index: number) => ({ token: donorOf(index), body, at: new Date(), partitions });

  // Told first and committed last: it must not be missed, nor leave a hole.
  const slow = await station.pool.connect();
  await slow.query('BEGIN');
  await slow.query(`INSERT INTO outbox (id, partition, token, at, body) VALUES ($1, 0, $2, now(), $3)`, [
    newEventId(),
    Buffer.alloc(32),
    body,
  ]);
  const writer = async (name: number) => {
    for (let index = 0; index < 25; index += 1) {
      const fails = index % 5 === 4;
      const written = station.prisma.$transaction(async (transaction) => {
        await tell(transaction, say(name * 100 + index));
        if (fails) throw new RangeError('undone');
      });
      if (fails) await expect(written).rejects.toThrow('undone');
      else await written;
    }
  };
  const writers = Promise.all(Array.from({ length: 8 }, (_, name) => writer(name)));
  const writing = { isOn: true };
  void writers.finally(() => {
    writing.isOn = false;
  });
  while (writing.isOn) await relay.step();
  await writers;
  await drain(relay);
  expect(recorder.entries).toHaveLength(160);
  await slow.query('COMMIT');
  slow.release();
  await drain(relay);

  expect(recorder.entries).toHaveLength(161);
  await expectNoGaps(station);
  for (const [, numbers] of keptOf(recorder.events())) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

test('two relays at once count nothing twice and leave nothing out', async () => {
  await using station = await openTellingStation('330198B01');
  const recorder = createRecorder();
  await Promise.all(Array.from({ length: 60 }, (_, index) => record(station, index)));
  await Promise.all([drain(station.relayInto(recorder)), drain(station.relayInto(recorder))]);
  await expectNoGaps(station);
  const kept = [...keptOf(recorder.events()).values()];
  expect(kept.flat()).toHaveLength(60);
  for (const numbers of kept) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

describe('a relay that dies', () => {
  /** The part, but its call number `nth` of `name` is done and then never heard of. */
  function dyingAfter<Part extends object>(part: Part, name: keyof Part, nth: number): Part {
    let calls = 0;
    return new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (key !== name || typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          const answer: unknown = await Reflect.apply(value, target, given);
          calls += 1;
          if (calls === nth) throw new RangeError('killed');
          return answer;
        };
      },
    });
  }

  test.each([
    ['after counting', 'next'],
    ['after the log took it', 'append'],
    ['after going on counting', 'advance'],
  ] as const)('%s is followed by one that leaves nothing out and doubles nothing', async (_, step) => {
    await using station = await openTellingStation('330198B01');
    await using embedded = await openEmbeddedLog();
    await Promise.all(Array.from({ length: 20 }, (__, index) => record(station, index)));
    const outbox: OutboxPort = step === 'append' ? station.outbox : dyingAfter(station.outbox, step, 1);
    const log: Pick<LogPort, 'append'> = step === 'append' ? dyingAfter(embedded, 'append', 1) : embedded;
    const heard = () => new Map([[9, 0]]);
    await expect(drain(station.relayInto(log, { outbox, heard }))).rejects.toThrow('killed');
    await drain(station.relayInto(embedded));

    const events = await embedded.events();
    const kept = [...keptOf(events).values()];
    expect(kept.flat()).toHaveLength(20);
    for (const numbers of kept) expect(numbers).toEqual(numbers.map((__, index) => index + 1));
    // Word for word: under one number there was never anything else.
    expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(20);
    expect(events).toHaveLength(step === 'append' ? 40 : 20);
    expect(await station.outbox.state(partitions)).toMatchObject({ isDrained: true });
  });
});

test('facts pile up without harm while the log is away', async () => {
  await using station = await openTellingStation('330198B01');
  const recorder = createRecorder();
  let isAway = true;
  const append: LogPort['append'] = (topic, entries) =>
    isAway ? Promise.reject(new RangeError('away')) : recorder.append(topic, entries);
  const relay = station.relayInto({ append });
  for (let index = 0; index < 5; index += 1) {
    await record(station, index);
    await expect(relay.step()).rejects.toThrow('away');
  }
  expect(await station.outbox.state(partitions)).toMatchObject({ isDrained: false });
  isAway = false;
  await drain(relay);
  expect(recorder.entries).toHaveLength(5);
});

test('a database restored from a backup uses no number twice, and gives what it said since its old number back', async () => {
  await using station = await openTellingStation('330198B01');
  const first = await record(station, 1);
  const { partition } = await station.prisma.outbox.findFirstOrThrow();
  // The log has more of this station than the backup knows: this event as number 6, and others up to 7.
  const known = { origin: '330198B01', partition, token: Buffer.from(donorOf(1), 'base64url'), isOwn: true };
  await station.prisma.event.create({
    data: {
      ...known,
      id: first.eventId ?? '',
      seq: 6n,
      type: 'DONATION_RECORDED',
      logOffset: 6n,
      appendedAt: new Date(),
      digest: Buffer.alloc(16),
    },
  });
  const recorder = createRecorder();
  let isCaughtUp = false;
  const relay = station.relayInto(recorder, { isCaughtUp: () => isCaughtUp, heard: () => new Map([[partition, 7]]) });
  await drain(relay);
  expect(await station.prisma.outbox.count({ where: { seq: null } })).toBe(1);

  isCaughtUp = true;
  await drain(relay);
  expect(recorder.entries).toEqual([]);
  expect(await station.outbox.state(partitions)).toMatchObject({ isDrained: true });
  const token = donorOf(1);
  await station.donations.record({ ...draw, donationNo: 'A2', token });
  await drain(relay);
  expect(recorder.events().map(({ seq }) => seq)).toEqual([8]);
  expect((await station.outbox.since(partition, 1, 10)).map(({ seq }) => seq)).toEqual([6, 8]);
});

describe('what is told at once', () => {
  const body = { type: 'bar.set', since: CivilDate.parse('2026-01-01') } as const;
  /** All of one donor, and so of one partition. */
  const [token, partition] = [donorOf(1), partitionOf(donorOf(1), partitions)];
  const eventOf = () => ({ id: newEventId(), partition, token, at: testClock.now(), body });
  const seqsOf = (recorder: ReturnType<typeof createRecorder>) => recorder.events().map(({ seq }) => seq);

  /** A relay that has nothing to send, and the partition has a number. */
  async function openAtRest(station: Station, log: Pick<LogPort, 'append'>, onUnsent: () => void = () => undefined) {
    await record(station, 1);
    const relay = station.relayInto(log, { onUnsent });
    await drain(relay);
    return relay;
  }

  test('is in the log under the next number without a step, and noted', async () => {
    await using station = await openTellingStation('330198B01');
    const recorder = createRecorder();
    const relay = await openAtRest(station, recorder);
    const event = eventOf();
    expect(await relay.tell(event)).toBe(true);
    await relay.settled();
    expect(recorder.events().at(-1)).toEqual({ ...event, origin: '330198B01', seq: 2, at: event.at.toISOString() });
    expect(await station.outbox.state(partitions)).toMatchObject({ isDrained: true });
    expect(await relay.step()).toBe(false);
    expect(seqsOf(recorder)).toEqual([1, 2]);
  });

  test('waits its turn behind what waits in its partition, and before a first step', async () => {
    await using station = await openTellingStation('330198B01');
    const recorder = createRecorder();
    expect(await station.relayInto(recorder).tell(eventOf())).toBe(false);
    const relay = await openAtRest(station, recorder);
    await tell(station.prisma, { ...eventOf(), partitions });
    expect(await relay.tell(eventOf())).toBe(false);
    await drain(relay);
    expect(seqsOf(recorder)).toEqual([1, 2]);
    await station.outbox.resend(partition, 1);
    expect(await relay.tell(eventOf())).toBe(false);
    expect(await station.prisma.outbox.count()).toBe(2);
  });

  test('beside other writers, another relay and steps leaves no gap and is sent in order', async () => {
    await using station = await openTellingStation('330198B01');
    const recorder = createRecorder();
    const relays = [await openAtRest(station, recorder), station.relayInto(recorder)];
    const told = { atOnce: 0 };
    const writer = async (relay: (typeof relays)[number] | undefined) => {
      for (let turn = 0; turn < 40; turn += 1) {
        const event = eventOf();
        if (await relay?.tell(event)) told.atOnce += 1;
        else await tell(station.prisma, { ...event, partitions });
        await relay?.step();
      }
    };
    await Promise.all([...relays, undefined].map(writer));
    await Promise.all(relays.map(drain));
    expect(told.atOnce).toBeGreaterThan(0);
    await expectNoGaps(station);
    const kept = [...keptOf(recorder.events()).values()];
    expect(kept).toEqual([Array.from({ length: 121 }, (_, index) => index + 1)]);
  });

  test('and not sent is sent by the next step, under the same number', async () => {
    await using station = await openTellingStation('330198B01');
    const recorder = createRecorder();
    let isAway = false;
    const append: LogPort['append'] = (topic, entries) =>
      isAway ? Promise.reject(new RangeError('away')) : recorder.append(topic, entries);
    const unsent: string[] = [];
    const relay = await openAtRest(station, { append }, () => void unsent.push('unsent'));
    isAway = true;
    expect(await relay.tell(eventOf())).toBe(true);
    await relay.settled();
    expect(unsent).toEqual(['unsent']);
    expect(await relay.tell(eventOf())).toBe(false);
    await expect(relay.step()).rejects.toThrow('away');
    expect(await relay.tell(eventOf())).toBe(false);
    isAway = false;
    await drain(relay);
    expect(seqsOf(recorder)).toEqual([1, 2]);
    expect(await relay.tell(eventOf())).toBe(true);
    await relay.settled();
    expect(seqsOf(recorder)).toEqual([1, 2, 3]);
  });
});

test('an event can be taken back until it is counted', async () => {
  await using station = await openTellingStation('330198B01');
  const id = newEventId();
  const body = { type: 'bar.set', since: CivilDate.parse('2026-01-01') } as const;
  await tell(station.prisma, { token: donorOf(1), body, at: new Date(), partitions, id });
  expect(await station.outbox.withdraw(id)).toBe(true);
  expect(await station.outbox.withdraw(id)).toBe(false);
  await tell(station.prisma, { token: donorOf(1), body, at: new Date(), partitions, id });
  expect(await station.outbox.next(10, new Map())).toMatchObject([{ id, seq: 1 }]);
  expect(await station.outbox.withdraw(id)).toBe(false);
});

test('a long backlog in one partition does not hold up the others, and an append has a bound', async () => {
  await using station = await openTellingStation('330198B01');
  await station.pool.query(`
    INSERT INTO outbox (id, partition, token, at, body)
    SELECT gen_random_uuid(), CASE WHEN n = 1200 THEN 3 ELSE 0 END, decode(repeat('00', 32), 'hex'), now(),
           '{"type": "bar.set", "since": "2026-01-01"}'::jsonb
    FROM generate_series(1, 1200) n`);
  const appends: number[] = [];
  const recorder = createRecorder();
  const append: LogPort['append'] = (topic, entries) => {
    appends.push(entries.length);
    return recorder.append(topic, entries);
  };
  const relay = station.relayInto({ append });
  await relay.step();
  expect(new Set(recorder.entries.map(({ partition }) => partition))).toEqual(new Set([0, 3]));
  await drain(relay);
  expect(Math.max(...appends)).toBeLessThanOrEqual(500);
  expect(recorder.entries).toHaveLength(1200);
});
