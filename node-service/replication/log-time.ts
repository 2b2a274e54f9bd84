/**
 * The log's time, from appends to one partition (`control`): all soundings are of one clock. A new sounding takes the place
 * of the old one when it bounds the time more tightly, or when the two contradict each other, as after the log's clock was
 * set: then the newer one is right.
 */
import { earliestLogTime, latestLogTime } from '../domain/log-clock.ts';
import type { Moment, Sounding } from '../domain/log-clock.ts';
import type { Appended, LogTimePort, StopwatchPort } from '../ports.ts';

export interface LogTime extends LogTimePort {
  /** Makes a sounding of an append. */
  around(append: () => Promise<Appended>): Promise<void>;
}

/** How far apart the bounds are by now. */
const widthOf = (sounding: Sounding, now: Moment): number =>
  latestLogTime(sounding, now) - earliestLogTime(sounding, now);

function contradict(one: Sounding, other: Sounding, now: Moment): boolean {
  return earliestLogTime(one, now) > latestLogTime(other, now) || earliestLogTime(other, now) > latestLogTime(one, now);
}

export function createLogTime({ stopwatch }: { readonly stopwatch: StopwatchPort }): LogTime {
  let best: Sounding | undefined;

  function observe(sounding: Sounding): void {
    const now = sounding.answered;
    const isBetter =
      best === undefined || contradict(best, sounding, now) || widthOf(sounding, now) <= widthOf(best, now);
    if (isBetter) best = sounding;
  }

  return {
    latest: () => (best === undefined ? null : latestLogTime(best, stopwatch.moment())),
    earliest: () => (best === undefined ? null : earliestLogTime(best, stopwatch.moment())),
    async around(append) {
      const sent = stopwatch.moment();
      const { appendedAt: logTime } = await append();
      observe({ sent, answered: stopwatch.moment(), logTime });
    },
  };
}
