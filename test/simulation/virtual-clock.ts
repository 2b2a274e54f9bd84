/** A station's two clocks: the wall clock, which someone turns and which drifts, and the stopwatch, which only drifts. */
import type { ClockPort, StopwatchPort } from '#node/ports.ts';

import type { World } from './world.ts';

export interface VirtualClock {
  readonly clock: ClockPort;
  readonly stopwatch: StopwatchPort;
  /** Turns the wall clock. */
  turn(milliseconds: number): void;
  /** How far the wall clock is from the truth. */
  skew(): number;
}

/** @param drift how much too fast it runs, such as 0.0001. */
export function createVirtualClock(world: Pick<World, 'now'>, drift: number): VirtualClock {
  const booted = world.now();
  let turned = 0;
  const elapsed = (): number => (world.now() - booted) * (1 + drift);
  const wall = (): number => booted + elapsed() + turned;
  return {
    clock: { now: () => new Date(Math.floor(wall())) },
    stopwatch: { moment: () => ({ monotonic: elapsed(), wall: wall() }) },
    turn(milliseconds) {
      turned += milliseconds;
    },
    skew: () => wall() - world.now(),
  };
}
