/** What is believed of the control topic, and what is missed by it. */
import { describe, expect, test } from 'vitest';

import { createJoseSigner, createJoseVerifier } from '#node/adapters/jose-keys.ts';
import type { LogPort, LogReading } from '#node/ports.ts';
import { createCatchUp, sayCatchUp } from '#node/replication/catch-up.ts';
import { createControl } from '#node/replication/control.ts';
import { createProgress } from '#node/replication/progress.ts';
import type { Heartbeat } from '#schema/events.ts';
import { StationCode } from '#schema/ids.ts';
import { createTestDirectory } from '#test/support/donor-log.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';

const appendedAt = Date.parse('2026-11-20T00:00:00Z');

async function signed(code: string, payload: unknown, kind: 'heartbeat' | 'event' = 'heartbeat'): Promise<string> {
  return createJoseSigner(testSigningKey(code)).sign(
    kind,
    typeof payload === 'string' ? payload : JSON.stringify(payload),
  );
}

/** A topic that holds these values, and ends once they are read. */
function logOf(values: readonly string[], bounds = { start: 0, end: values.length }) {
  const readings: LogReading[] = [];
  const log: Pick<LogPort, 'bounds' | 'read'> = {
    bounds: () => Promise.resolve([bounds]),
    read: async (reading) => {
      readings.push(reading);
      const records = values.map((value, offset) => ({ partition: 0, key: 'k', value, offset, appendedAt }));
      if (records.length > 0) await reading.onBatch({ partition: 0, records, end: bounds.end });
    },
  };
  return { log, readings };
}

function controlOf(log: Pick<LogPort, 'bounds' | 'read'>) {
  const observed: [Heartbeat, number | undefined][] = [];
  const promised: Heartbeat[] = [];
  const control = createControl({
    log,
    verifier: createJoseVerifier({ directory: createTestDirectory(['310198B01', '320198B01']) }),
    watermarks: { observe: (heartbeat, at) => observed.push([heartbeat, at]) },
    promises: { observe: (heartbeat) => promised.push(heartbeat) },
    heads: { take: () => Promise.resolve() },
  });
  return { control, observed, promised };
}

describe('the control topic', () => {
  test('a heartbeat counts with the time the log took it, in order', async () => {
    const heartbeats = [1, 2, 3].map((seq) => ({ origin: '310198B01', asOf: appendedAt - 10 + seq, seqs: [seq, 0] }));
    const values = await Promise.all(heartbeats.map((heartbeat) => signed('310198B01', heartbeat)));
    const { control, observed, promised } = controlOf(logOf(values).log);
    await control.step();
    expect(observed).toStrictEqual(heartbeats.map((heartbeat) => [heartbeat, appendedAt]));
    expect(promised).toStrictEqual(heartbeats);
  });

  test('probes, forgeries, strangers, other kinds and nonsense are passed over', async () => {
    const good = { origin: '310198B01', asOf: null, seqs: [0] };
    const genuine = await signed('310198B01', good);
    const { control, observed } = controlOf(
      logOf([
        'probe',
        '',
        'nonsense',
        'x'.repeat(70_000),
        await signed('320198B01', good),
        await signed('999998B01', { ...good, origin: '999998B01' }),
        await signed('310198B01', good, 'event'),
        await signed('310198B01', { ...good, seqs: [-1] }),
        await signed('310198B01', 'no JSON'),
        `${genuine.slice(0, -8)}AAAAAAAA`,
        genuine,
      ]).log,
    );
    await control.step();
    expect(observed).toStrictEqual([[good, appendedAt]]);
  });

  test.each([
    [{ start: 0, end: 100 }, 0],
    [{ start: 0, end: 1_000_000 }, 995_000],
    [{ start: 999_000, end: 1_000_000 }, 999_000],
  ])('of a long one only the end is read: %o', async (bounds, from) => {
    const { log, readings } = logOf([], bounds);
    await controlOf(log).control.step();
    expect(readings.map((reading) => reading.from)).toStrictEqual([[from]]);
  });

  test('is read no more once it was stopped', async () => {
    const { log, readings } = logOf([]);
    const { control } = controlOf(log);
    control.stop();
    expect(await control.step()).toBe(false);
    expect(readings).toStrictEqual([]);
  });
});

describe('catching up', () => {
  test('says how much is left, how fast it goes and how long it will take', () => {
    let now = 0;
    const stopwatch = { moment: () => ({ monotonic: now, wall: now }) };
    const catchUp = createCatchUp({ stopwatch, log: { isUp: () => true } });
    expect(catchUp.isDone()).toBe(false);
    catchUp.begin([0, 50], [1_000, 50]);
    expect(catchUp.status()).toMatchObject({ left: 1_000, rate: 0, secondsLeft: null, isDone: false });
    for (const position of [100, 200, 300, 400]) {
      now += 1_000;
      catchUp.note({ partition: 0, records: 100, position, end: 1_000 });
    }
    const status = catchUp.status();
    expect(status.left).toBe(600);
    expect(status.rate).toBeGreaterThan(90);
    expect(status.rate).toBeLessThan(140);
    expect(sayCatchUp(status)).toMatch(
      /^600 records of the donor log still to apply, 1\d\d a second, about \d s left$/,
    );
    catchUp.note({ partition: 0, records: 600, position: 1_000, end: 1_200 });
    expect(catchUp.status()).toMatchObject({ isDone: true, left: 200 });
  });
});

describe('progress', () => {
  const origin = StationCode.parse('310198B01');
  const heardAs = (upTo: number, forkedAt: number | null = null) => ({ upTo, highest: upTo, forkedAt });
  const told = (upTo: number) => ({ heard: [{ origin, partition: 0, heard: heardAs(upTo) }], claims: new Map() });
  const watermarks = { heard: () => undefined, forget: () => undefined };

  test('counts nothing before it was read and after it was forgotten', async () => {
    const inbox = { progress: () => Promise.resolve(told(5).heard) };
    const progress = createProgress({ inbox, watermarks });
    progress.take(told(9));
    expect(progress.heardOf(origin, 0).upTo).toBe(0);
    await progress.reload();
    expect(progress.heardOf(origin, 0).upTo).toBe(5);
    progress.take(told(6));
    expect(progress.heardOf(origin, 0).upTo).toBe(6);
    progress.forget();
    progress.take(told(7));
    expect([progress.heardOf(origin, 0).upTo, progress.isKnown()]).toStrictEqual([0, false]);
  });

  test('what is told while it is read neither gets lost nor takes a doubt away', async () => {
    const reading = Promise.withResolvers<ReturnType<typeof told>['heard']>();
    const progress = createProgress({ inbox: { progress: () => reading.promise }, watermarks });
    const reloaded = progress.reload();
    progress.take(told(8));
    reading.resolve([{ origin, partition: 0, heard: heardAs(5, 3) }]);
    await reloaded;
    expect(progress.heardOf(origin, 0)).toStrictEqual({ upTo: 8, highest: 8, forkedAt: 3 });
    expect(progress.broken()).toHaveLength(1);
  });

  test('of two readings at once only the later one counts', async () => {
    const readings = [
      Promise.withResolvers<ReturnType<typeof told>['heard']>(),
      Promise.withResolvers<ReturnType<typeof told>['heard']>(),
    ];
    let turn = 0;
    const progress = createProgress({
      inbox: {
        progress: () => {
          turn += 1;
          return readings[turn - 1]?.promise ?? Promise.resolve([]);
        },
      },
      watermarks,
    });
    const [first, second] = [progress.reload(), progress.reload()];
    readings[1]?.resolve(told(2).heard);
    await second;
    readings[0]?.resolve(told(9).heard);
    await first;
    expect(progress.heardOf(origin, 0).upTo).toBe(2);
  });
});
