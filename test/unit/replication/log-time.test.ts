/** The log's time, bounded by what its appends said. */
import { expect, test } from 'vitest';

import { createLogTime } from '#node/replication/log-time.ts';

/** A stopwatch whose two hands a test moves. */
function createHands() {
  const now = { monotonic: 1_000, wall: 5_000_000 };
  return {
    moment: () => ({ ...now }),
    pass(milliseconds: number) {
      now.monotonic += milliseconds;
      now.wall += milliseconds;
    },
    /** Somebody sets the clock. */
    turn(milliseconds: number) {
      now.wall += milliseconds;
    },
  };
}

function open() {
  const stopwatch = createHands();
  const logTime = createLogTime({ stopwatch });
  const sound = (appendedAt: number, there: number, back: number) =>
    logTime.around(() => {
      stopwatch.pass(there + back);
      return Promise.resolve({ appendedAt });
    });
  const bounds = () =>
    [logTime.earliest(), logTime.latest()].map((bound) => (bound === null ? null : Math.round(bound)));
  return { stopwatch, sound, bounds, logTime };
}

test('is unknown until an append was answered', async () => {
  const { logTime, bounds } = open();
  expect(bounds()).toEqual([null, null]);
  await expect(logTime.around(() => Promise.reject(new RangeError('away')))).rejects.toThrow('away');
  expect(bounds()).toEqual([null, null]);
});

test('lies between what the log said and that plus the time the append took, and goes on', async () => {
  const { sound, bounds, stopwatch } = open();
  await sound(70_000, 20, 10);
  expect(bounds()).toEqual([70_000, 70_030]);
  stopwatch.pass(500);
  // A millisecond a second for stopwatches that run too fast or too slow.
  expect(bounds()).toEqual([70_500, 70_531]);
  stopwatch.pass(59_500);
  expect(bounds()).toEqual([129_940, 130_090]);
});

test('is not moved by somebody who sets the clock of the machine', async () => {
  const { sound, bounds, stopwatch } = open();
  await sound(70_000, 20, 10);
  stopwatch.turn(-3_600_000);
  stopwatch.pass(100);
  // Each bound errs to the safe side.
  expect(bounds()).toEqual([70_000, 70_130]);
});

test('keeps the tighter of two soundings, and lets it go as it ages', async () => {
  const { sound, bounds, stopwatch } = open();
  await sound(70_000, 1, 1);
  stopwatch.pass(998);
  await sound(71_200, 400, 0);
  expect(bounds()).toEqual([71_397, 71_401]);
  stopwatch.pass(600_000);
  await sound(671_500, 50, 50);
  expect(bounds()).toEqual([671_500, 671_600]);
});

test('believes the newer one when two contradict each other: the clock of the log was set', async () => {
  const { sound, bounds, stopwatch } = open();
  await sound(70_000, 1, 1);
  stopwatch.pass(1_000);
  await sound(20_000, 500, 0);
  expect(bounds()).toEqual([20_000, 20_501]);
});
