import { Writable } from 'node:stream';

import { expect, test } from 'vitest';

import { compare } from '#scripts/bench/goal.ts';
import { inOrder, mapInOrder } from '#scripts/lookout/in-order.ts';
import { bar, createProgress } from '#scripts/lookout/terminal.ts';

function streamOf(properties: { isTTY: boolean; columns: number }) {
  const written: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return { written, stream: Object.assign(sink, properties) };
}

test('progress is one line that is rewritten on a terminal, cut to its width', () => {
  const { written, stream } = streamOf({ isTTY: true, columns: 10 });
  const progress = createProgress({ stream });
  progress.update('a long line of words');
  progress.say('done');
  expect(written).toEqual(['\r\x1b[2Ka long li', '\r\x1b[2K', 'done\n']);
});

test('progress is a plain line now and then elsewhere, and nothing when quiet is asked for', () => {
  const often = streamOf({ isTTY: false, columns: 80 });
  const plain = createProgress({ stream: often.stream, every: 0 });
  plain.update('one');
  plain.say('two');
  expect(often.written).toEqual(['one\n', 'two\n']);
  const seldom = streamOf({ isTTY: false, columns: 80 });
  createProgress({ stream: seldom.stream, every: 60_000 }).update('one');
  const never = streamOf({ isTTY: true, columns: 80 });
  const quiet = createProgress({ stream: never.stream, quiet: true });
  quiet.update('one');
  quiet.say('two');
  expect([...seldom.written, ...never.written]).toEqual([]);
});

test('a bar fills', () => {
  expect([bar(0, 4), bar(1, 2), bar(9, 4), bar(0, 0)]).toEqual([
    `[${'-'.repeat(24)}]   0 %`,
    `[${'#'.repeat(12)}${'-'.repeat(12)}]  50 %`,
    `[${'#'.repeat(24)}] 100 %`,
    `[${'#'.repeat(24)}] 100 %`,
  ]);
});

test('work is done so many at a time and handed on in order', async () => {
  const finish = new Map<number, (value: number) => void>();
  const started: number[] = [];
  const results = inOrder([1, 2, 3, 4], 2, (item) => {
    started.push(item);
    return new Promise<number>((resolve) => finish.set(item, resolve));
  });
  const first = results.next();
  await Promise.resolve();
  expect(started).toEqual([1, 2]);
  finish.get(2)?.(20);
  finish.get(1)?.(10);
  expect((await first).value).toBe(10);
  const second = results.next();
  expect((await second).value).toBe(20);
  expect(started).toEqual([1, 2, 3]);
});

test('the first failure ends the work', async () => {
  const work = (item: number) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item));
  await expect(mapInOrder([1, 2, 3], 2, work)).rejects.toThrow('two');
  await expect(mapInOrder([1, 3], 5, work)).resolves.toEqual([1, 3]);
});

test('a bench is held against its goals as ratios to the first it measured', () => {
  const measured = [
    { name: 'bare', perSecond: 100, cpuMs: 2, cores: 1 },
    { name: 'ours', perSecond: 50, cpuMs: 3, cores: 1 },
  ];
  const goals = [{ contender: 'ours', measure: 'perSecond', ratio: 0.6 }] as const;
  expect(compare(measured, goals)[1]).toMatchObject({
    rateRatio: 0.5,
    cpuRatio: 1.5,
    goal: { text: 'rate >= 0.6', reached: false },
  });
  expect(compare(measured, [{ contender: 'ours', measure: 'cpuMs', ratio: 1.5 }])[1]?.goal?.reached).toBe(true);
  expect(compare(measured)[1]?.goal).toBeUndefined();
});
