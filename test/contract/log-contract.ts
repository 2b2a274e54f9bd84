/** What both engines of the donor log promise. Every engine runs all of it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { LogEntry, LogPort } from '#node/ports.ts';

import { inOrder, startReader } from './log-reader.ts';

/** A log that tests may do things to. */
export interface Engine {
  /** Opens the log of a fresh name, or of one that was used before. */
  open(options?: { readonly name?: string; readonly partitions?: number; readonly deadlineMs?: number }): LogPort;
  freshName(): string;
}

/** An engine whose server is the test's own. */
export interface FragileEngine extends Engine {
  kill(): Promise<void>;
  restart(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const entry = (partition: number, value: string, key = `key-${partition}`): LogEntry => ({ partition, key, value });
const start = [0, 0, 0, 0];

export function logContract(engine: () => Engine): void {
  const opened: LogPort[] = [];
  const open = (...options: Parameters<Engine['open']>) => {
    const log = engine().open(...options);
    opened.push(log);
    return log;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.stop()));
  });

  test('what is appended is read in its order, with offsets without gaps and times that never fall', async () => {
    const log = open();
    for (let round = 0; round < 20; round += 1) {
      await log.append('donors', [entry(0, `a${round}`), entry(1, `b${round}`), entry(0, `c${round}`)]);
    }
    const reader = startReader(log, { from: start });
    await reader.until(60);
    const [zero, one] = inOrder(reader.records());
    expect(zero?.map(({ value }) => value)).toEqual(
      Array.from({ length: 20 }, (_, round) => [`a${round}`, `c${round}`]).flat(),
    );
    expect(one?.map(({ offset }) => offset)).toEqual(Array.from({ length: 20 }, (_, offset) => offset));
    expect(reader.batches.every(({ end, records }) => end >= (records.at(-1)?.offset ?? 0) + 1)).toBe(true);
  });

  test('an append says when the log took it, as every reader finds it', async () => {
    const log = open();
    const before = Date.now() - 5_000;
    const { appendedAt } = await log.append('donors', [entry(2, 'x')]);
    const reader = startReader(log, { from: start });
    const [record] = await reader.until(1);
    expect(record?.appendedAt).toBe(appendedAt);
    expect(appendedAt).toBeGreaterThan(before);
    expect(appendedAt).toBeLessThan(Date.now() + 5_000);
  });

  test('a reader that waits gets what is appended at once', async () => {
    const log = open();
    const reader = startReader(log, { from: start });
    await log.append('donors', [entry(0, 'first')]);
    await reader.untilValue('first');
    const times: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const began = performance.now();
      await Promise.all([reader.untilValue(`v${round}`), log.append('donors', [entry(round % 4, `v${round}`)])]);
      times.push(performance.now() - began);
    }
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(500);
  });

  test('bounds say where each partition begins and ends, and reading begins where it is told to', async () => {
    const log = open();
    await log.append('donors', [entry(0, 'a'), entry(0, 'b'), entry(0, 'c'), entry(3, 'd')]);
    await log.append('control', [entry(0, 'heartbeat')]);
    expect(await log.partitions()).toBe(4);
    expect((await log.bounds('donors')).map(({ end }) => end)).toEqual([3, 0, 0, 1]);
    expect(await log.bounds('control')).toEqual([{ start: 0, end: 1 }]);
    const reader = startReader(log, { from: [2, 0, 0, 1] });
    await log.append('donors', [entry(3, 'e')]);
    expect((await reader.until(2)).map(({ value }) => value).toSorted()).toEqual(['c', 'e']);
    const control = startReader(log, { topic: 'control', from: [0] });
    expect((await control.until(1))[0]?.value).toBe('heartbeat');
  });

  test('a reader whose offset the log does not have begins with the first that is there', async () => {
    const log = open();
    await log.append('donors', [entry(0, 'a'), entry(1, 'b')]);
    const reader = startReader(log, { from: [1_000, 5, 7, 9] });
    expect((await reader.until(2)).map(({ value }) => value).toSorted()).toEqual(['a', 'b']);
  });

  test('bytes come back as they were, in every script, and as much as 900 KB of them', async () => {
    const log = open();
    const values = ['', '献血者 ❤ \u0001\t\n"\\', '𝌆'.repeat(1_000), 'x'.repeat(900_000), 'é'.repeat(450_000)];
    for (const value of values) await log.append('donors', [entry(0, value, '钥匙')]);
    const reader = startReader(log, { from: start });
    const records = await reader.until(values.length);
    expect(records.map(({ value }) => value)).toEqual(values);
    expect(records.every(({ key }) => key === '钥匙')).toBe(true);
  });

  test('an entry that is too large for any log is refused, and harms nobody', async () => {
    const log = open();
    const [large, small] = await Promise.allSettled([
      log.append('donors', [entry(0, 'x'.repeat(1_100_000))]),
      log.append('donors', [entry(0, 'small')]),
    ]);
    expect(large).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL' } });
    expect(small.status).toBe('fulfilled');
  });

  test('fifty thousand records of two writers keep the order of each', async () => {
    const name = engine().freshName();
    const writers = [open({ name, deadlineMs: 30_000 }), open({ name, deadlineMs: 30_000 })];
    const total = 50_000;
    const chunk = 1_000;
    await Promise.all(
      writers.map(async (log, writer) => {
        for (let at = 0; at < total / 2; at += chunk) {
          await log.append(
            'donors',
            Array.from({ length: chunk }, (_, index) => entry((at + index) % 4, `${writer} ${at + index}`)),
          );
        }
      }),
    );
    const reader = startReader(open({ name }), { from: start });
    await reader.until(total);
    const partitions = inOrder(reader.records());
    for (const [partition, records] of partitions.entries()) {
      for (const writer of [0, 1]) {
        const numbers = records
          .filter(({ value }) => value.startsWith(`${writer} `))
          .map(({ value }) => Number(value.slice(2)));
        expect(numbers).toEqual(Array.from({ length: total / 8 }, (_, index) => index * 4 + partition));
      }
    }
  });

  test('appends that are made at once are all there, once each', async () => {
    const log = open();
    await Promise.all(Array.from({ length: 500 }, (_, at) => log.append('control', [entry(0, String(at))])));
    const reader = startReader(log, { topic: 'control', from: [0] });
    await reader.until(500);
    expect(inOrder(reader.records())[0]).toHaveLength(500);
  });

  test('a slow reader holds at most one batch of a partition, and no more than a few megabytes', async () => {
    const log = open();
    const value = 'x'.repeat(100_000);
    for (let round = 0; round < 10; round += 1) {
      await log.append(
        'donors',
        Array.from({ length: 8 }, (_, at) => entry(at % 2, value)),
      );
    }
    const held = new Map<number, number>();
    let most = 0;
    const release = Promise.withResolvers<null>();
    const firstCame = Promise.withResolvers<null>();
    const reader = startReader(log, {
      from: start,
      onBatch: async ({ partition, records }) => {
        expect(held.has(partition)).toBe(false);
        held.set(partition, records.length);
        most = Math.max(
          most,
          [...held.values()].reduce((sum, count) => sum + count, 0),
        );
        firstCame.resolve(null);
        await release.promise;
        held.delete(partition);
      },
    });
    await firstCame.promise;
    expect(reader.batches).toHaveLength(0);
    release.resolve(null);
    await reader.until(80);
    expect(most * value.length).toBeLessThanOrEqual(4 * 1_048_576);
  });

  test('a batch that is not taken comes again, and nothing after it comes before', async () => {
    const log = open();
    await log.append('donors', [entry(0, 'a'), entry(0, 'b')]);
    let attempts = 0;
    const offered: string[] = [];
    const reader = startReader(log, {
      from: start,
      onBatch: ({ records }) => {
        offered.push(...records.map(({ value }) => value));
        attempts += 1;
        return attempts < 3 ? Promise.reject(new Error('not now')) : Promise.resolve();
      },
    });
    await reader.until(2);
    await log.append('donors', [entry(0, 'c')]);
    await reader.until(3);
    expect(offered.slice(0, 4)).toEqual(['a', 'b', 'a', 'b']);
    expect(inOrder(reader.records())[0]?.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
  });

  test('a reading that is stopped ends after its last batch is taken, and hands on nothing more', async () => {
    const log = open();
    await log.append('donors', [entry(0, 'a')]);
    const release = Promise.withResolvers<null>();
    const came = Promise.withResolvers<null>();
    const reader = startReader(log, {
      from: start,
      onBatch: async () => {
        came.resolve(null);
        await release.promise;
      },
    });
    await came.promise;
    let ended = false;
    const stopped = reader.stop().then(() => (ended = true));
    await log.append('donors', [entry(0, 'b')]);
    expect(ended).toBe(false);
    release.resolve(null);
    await stopped;
    expect(reader.records().map(({ value }) => value)).toEqual(['a']);
  });

  test('a log of another number of partitions is refused by name', async () => {
    const name = engine().freshName();
    await open({ name, partitions: 4 }).partitions();
    const other = open({ name, partitions: 6 });
    await expect(other.partitions()).rejects.toMatchObject({ code: 'LOG_CHANGED' });
    await expect(other.append('donors', [entry(0, 'x')])).rejects.toMatchObject({ code: 'LOG_CHANGED' });
    expect(other.isUp()).toBe(false);
  });
}

/** What an engine does while its server is killed, restarted or held still. */
export function logFaults(begin: () => Promise<FragileEngine>): void {
  describe('when its server goes', () => {
    let engine: FragileEngine;
    beforeAll(async () => {
      engine = await begin();
    });
    afterAll(async () => {
      await engine.stop();
    });

    test('a reader and a writer live through kill -9 and restart, and nothing that was acknowledged is lost', async () => {
      const log = engine.open({ deadlineMs: 2_000 });
      const reader = startReader(log, { from: start });
      const acknowledged: string[] = [];
      const append = async (value: string) => {
        await log.append('donors', [entry(1, value)]);
        acknowledged.push(value);
      };
      for (let at = 0; at < 20; at += 1) await append(`before ${at}`);
      await reader.untilValue('before 19');
      expect(log.isUp()).toBe(true);
      await engine.kill();

      const began = performance.now();
      await expect(append('while down')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      expect(performance.now() - began).toBeLessThan(3_000);
      expect(log.isUp()).toBe(false);
      await expect(log.bounds('donors')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });

      await engine.restart();
      for (let at = 0; at < 20; at += 1) {
        const again = async (): Promise<void> => append(`after ${at}`).catch(again);
        await again();
      }
      await reader.untilValue('after 19');
      expect(log.isUp()).toBe(true);
      const [, records] = inOrder(reader.records());
      const values = [...new Set(records?.map(({ value }) => value))].filter((value) => value !== 'while down');
      expect(values).toEqual(acknowledged);

      const late = startReader(log, { from: start });
      await late.untilValue('after 19');
      expect(inOrder(late.records())[1]).toEqual(records);
      await reader.stop();
      await log.stop();
    });

    test('a server that is held still fails an append in time, and goes on afterwards', async () => {
      const log = engine.open({ deadlineMs: 1_000 });
      const reader = startReader(log, { from: start });
      await log.append('donors', [entry(0, 'before')]);
      await reader.untilValue('before');
      await engine.pause();
      const began = performance.now();
      await expect(log.append('donors', [entry(0, 'held')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      expect(performance.now() - began).toBeLessThan(1_800);
      await expect(log.append('donors', [entry(0, 'held too')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      await engine.resume();
      const again = async (): Promise<void> => {
        await log.append('donors', [entry(0, 'after')]).catch(again);
      };
      await again();
      await reader.untilValue('after');
      await reader.stop();
      await log.stop();
    });

    test('a log that is stopped while its server is away ends all the same', async () => {
      const log = engine.open({ deadlineMs: 1_000 });
      const reader = startReader(log, { from: start });
      await log.append('donors', [entry(0, 'x')]);
      await reader.untilValue('x');
      await engine.kill();
      const pending = expect(log.append('donors', [entry(0, 'y')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      await log.stop();
      await pending;
      await reader.stop();
      await engine.restart();
    });
  });
}
