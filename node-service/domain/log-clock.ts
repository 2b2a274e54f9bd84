/**
 * The log's time, known without trusting our own clock. An append tells what time the log gave it; it lay between the
 * moment we sent it and the moment we heard of it. So the log's time now is bounded from both sides by durations alone,
 * which are nearly the same everywhere, however wrong the clocks of two stations are.
 */

/**
 * A moment on this machine's two stopwatches, in milliseconds: the monotonic one, which stands still while the machine
 * sleeps, and the wall clock, which someone may turn. Each bound takes the one that errs to the safe side.
 */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** One append: when it was sent, when it was answered, and the time the log gave it. */
export interface Sounding {
  readonly sent: Moment;
  readonly answered: Moment;
  readonly logTime: number;
}

const longest = (from: Moment, to: Moment): number => Math.max(to.monotonic - from.monotonic, to.wall - from.wall, 0);
const shortest = (from: Moment, to: Moment): number =>
  Math.max(Math.min(to.monotonic - from.monotonic, to.wall - from.wall), 0);

/** No stopwatch runs faster or slower than the log's clock by more than this: NTP itself bends a clock by half of it at most. */
const drift = 0.001;

/** The log's time is not later than this. */
export function latestLogTime({ sent, logTime }: Sounding, now: Moment): number {
  return logTime + longest(sent, now) * (1 + drift);
}

/** The log's time is not earlier than this. */
export function earliestLogTime({ answered, logTime }: Sounding, now: Moment): number {
  return logTime + shortest(answered, now) * (1 - drift);
}
