/** The relay and the heartbeat against parts that answer what a test says: bounds, and what a heartbeat may promise. */
import { describe, expect, test } from 'vitest';

import type { LogEntry, OutboxEvent } from '#node/ports.ts';
import { createHeartbeat, createProbe } from '#node/replication/heartbeat.ts';
import { createLogTime } from '#node/replication/log-time.ts';
import { createRelay } from '#node/replication/relay.ts';
import { CivilDate } from '#schema/calendar.ts';
import { DonorToken, EventId, StationCode } from '#schema/ids.ts';

const station = StationCode.parse('330198B01');

function createRecorder() {
  const appends: (readonly LogEntry[])[] = [];
  let time = 50_000;
  return {
    appends,
    append: (_: 'donors' | 'control', entries: readonly LogEntry[]) => {
      appends.push(entries);
      time += 10;
      return Promise.resolve({ appendedAt: time });
    },
  };
}

const signer = { sign: (kind: string, payload: string) => Promise.resolve(`${kind} ${payload}`) };

describe('a relay', () => {
  const eventOf = (seq: number): OutboxEvent => ({
    id: EventId.parse('01a2010b-0000-7000-8000-000000000000'),
    partition: 0,
    seq,
    token: DonorToken.parse('A'.repeat(43)),
    at: new Date(0),
    body: { type: 'bar.set', since: CivilDate.parse('2026-01-01') },
  });

  test('cuts an append that is too large, and notes only what it sent', async () => {
    const log = createRecorder();
    let published = 0;
    const relay = createRelay({
      log,
      station,
      // Three of these make a megabyte.
      signer: { sign: () => Promise.resolve('x'.repeat(350_000)) },
      isCaughtUp: () => true,
      heard: () => new Map(),
      untold: { left: () => Promise.resolve(0), tell: () => Promise.resolve(0) },
      outbox: {
        next: (_, upTo) => {
          published = upTo.get(0) ?? published;
          return Promise.resolve([1, 2, 3, 4, 5].map(eventOf).filter(({ seq }) => seq > published));
        },
        state: () => Promise.reject(new RangeError('not asked')),
        addNext: () => Promise.resolve(null),
        noteSent: () => Promise.resolve(),
        since: () => Promise.resolve([]),
        advance: () => Promise.resolve(),
        resend: () => Promise.resolve(),
        withdraw: () => Promise.resolve(false),
      },
    });
    while (await relay.step());
    expect(log.appends.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(published).toBe(5);
  });
});

describe('a heartbeat', () => {
  function open(state: { isDrained: boolean; seqs: readonly number[] }) {
    const log = createRecorder();
    let now = 1_000;
    const stopwatch = { moment: () => ({ monotonic: now, wall: now }) };
    const logTime = createLogTime({ stopwatch });
    const asked: (number | null)[] = [];
    const outbox = {
      state: () => {
        // The database takes its time: what is written down meanwhile may be in the answer or not.
        asked.push(logTime.earliest());
        now += 400;
        return Promise.resolve(state);
      },
    };
    return { log, logTime, asked, heart: createHeartbeat({ outbox, log, signer, station, logTime, partitions: 2 }) };
  }

  test('says the numbers, and a time that had come before they were read', async () => {
    const { log, heart, asked } = open({ isDrained: true, seqs: [3, 4] });
    expect(await heart.beat()).toBe(true);
    expect(await heart.beat()).toBe(true);
    const said = log.appends.flat();
    expect(said.map(({ partition, key }) => ({ partition, key }))).toEqual(
      Array(2).fill({ partition: 0, key: station }),
    );
    // The first knows no time yet and proves nothing, but its append tells one.
    expect(said.map(({ value }) => value)).toEqual([
      `heartbeat {"origin":"330198B01","asOf":null,"seqs":[3,4]}`,
      `heartbeat {"origin":"330198B01","asOf":50010,"seqs":[3,4]}`,
    ]);
    expect(asked[1]).toBe(50_010);
  });

  test('is not said while something waits, and the time is asked for all the same', async () => {
    const { log, heart, logTime } = open({ isDrained: false, seqs: [3, 4] });
    expect(await heart.beat()).toBe(false);
    expect(log.appends.flat().map(({ value }) => value)).toEqual(['probe']);
    expect(logTime.latest()).not.toBeNull();
  });

  test('of an instance without the lease is a probe', async () => {
    const log = createRecorder();
    const logTime = createLogTime({ stopwatch: { moment: () => ({ monotonic: 0, wall: 0 }) } });
    await createProbe({ log, station, logTime }).probe();
    expect(log.appends).toEqual([[{ partition: 0, key: station, value: 'probe' }]]);
    expect(logTime.earliest()).toBe(50_010);
  });
});
