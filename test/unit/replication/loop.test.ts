/** What drives replication: at once while there is more, woken, paced, patient with what fails, and stopped cleanly. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createLoop } from '#node/replication/loop.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A loop whose steps answer what they are told to, then that there is no more. */
function loopOf(...answers: (boolean | Error)[]) {
  const lines: string[] = [];
  const steps = { count: 0 };
  const log = {
    warn: (_: object, line: string) => lines.push(`warn: ${line}`),
    info: (_: object, line: string) => lines.push(`info: ${line}`),
  };
  const loop = createLoop({
    name: 'relay',
    intervalMs: 1_000,
    log: log as never,
    step: () => {
      steps.count += 1;
      const answer = answers.shift() ?? false;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { ...loop, lines, steps };
}

const soon = () => vi.advanceTimersByTimeAsync(0);

describe('a loop', () => {
  test('runs again at once while there is more, then after its interval', async () => {
    const loop = loopOf(true, true, false);
    loop.start();
    loop.start();
    await soon();
    expect(loop.steps.count).toBe(3);
    await vi.advanceTimersByTimeAsync(999);
    expect(loop.steps.count).toBe(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(loop.steps.count).toBe(4);
    await loop.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is woken does not wait, and a waking during a step is not lost', async () => {
    const loop = loopOf();
    loop.start();
    loop.wake();
    await soon();
    expect(loop.steps.count).toBe(2);
    loop.wake();
    await soon();
    expect(loop.steps.count).toBe(3);
    await loop.stop();
  });

  test('that fails tries again later and later, is not hurried, and says so once', async () => {
    const failure = new RangeError('away');
    const loop = loopOf(...Array<Error>(9).fill(failure));
    loop.start();
    await soon();
    const pauses: number[] = [];
    for (let failures = 1; failures < 9; failures += 1) {
      const began = Date.now();
      loop.wake();
      while (loop.steps.count === failures) await vi.advanceTimersByTimeAsync(50);
      pauses.push(Date.now() - began);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(loop.steps.count).toBeGreaterThan(9);
    expect(loop.lines).toEqual(['warn: replication fails and is tried again', 'info: replication works again']);
    await loop.stop();
  });

  test('that is stopped lets its step end, and runs no other', async () => {
    const ended = Promise.withResolvers<boolean>();
    let count = 0;
    const loop = createLoop({
      name: 'relay',
      intervalMs: 1_000,
      log: { warn: () => undefined, info: () => undefined } as never,
      step: () => {
        count += 1;
        return ended.promise;
      },
    });
    loop.start();
    let hasStopped = false;
    const stopped = loop.stop().then(() => {
      hasStopped = true;
    });
    await soon();
    expect(hasStopped).toBe(false);
    ended.resolve(true);
    await stopped;
    expect(count).toBe(1);
    await loopOf().stop();
  });
});
