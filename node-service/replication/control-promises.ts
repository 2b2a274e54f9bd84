/**
 * What members have promised to have said, and nothing of which has arrived: the tail of what a member said may be lost, and
 * then no later event of it shows the gap.
 */
import type { Heartbeat } from '#schema/events.ts';
import type { StationCode } from '#schema/ids.ts';

import type { LogPort, StopwatchPort } from '../ports.ts';
import type { CatchUp } from './catch-up.ts';
import type { Progress } from './progress.ts';

/** How long a promise may be open before its maker is asked: it may be overtaken by the heartbeat, for the log keeps two orders. */
const graceMs = 5_000;

/** Something an origin has said and we have not heard. */
export interface Missing {
  readonly origin: StationCode;
  readonly partition: number;
}

export interface Promises {
  observe(heartbeat: Heartbeat): void;
  /** What is overdue though all that is in the log by now is applied. Nothing while the log does not say what that is. */
  overdue(): Promise<Missing[]>;
}

interface Dependencies {
  readonly progress: Pick<Progress, 'heardOf' | 'isKnown'>;
  readonly catchUp: Pick<CatchUp, 'hasReached'>;
  readonly log: Pick<LogPort, 'bounds'>;
  readonly stopwatch: StopwatchPort;
}

interface Open extends Missing {
  readonly seq: number;
  readonly since: number;
}

export function createPromises({ progress, catchUp, log, stopwatch }: Dependencies): Promises {
  // The oldest open promise of each origin and partition: while it is open the later ones are too.
  const open = new Map<string, Open>();
  const now = () => stopwatch.moment().monotonic;
  const isKept = ({ origin, partition, seq }: Open) => progress.heardOf(origin, partition).highest >= seq;

  return {
    observe({ origin, seqs }) {
      for (const [partition, seq] of seqs.entries()) {
        const name = `${origin} ${partition}`;
        const promise = { origin, partition, seq, since: now() };
        const before = open.get(name);
        if (before !== undefined && !isKept(before)) continue;
        if (isKept(promise)) open.delete(name);
        else open.set(name, promise);
      }
    },
    async overdue() {
      if (!progress.isKnown()) return [];
      for (const [name, promise] of open) if (isKept(promise)) open.delete(name);
      const late = [...open.values()].filter(({ since }) => now() - since >= graceMs);
      if (late.length === 0) return [];
      // What was promised was in the log before the promise: a copy that is merely slow is not asked about.
      const bounds = await log.bounds('donors').catch(() => []);
      return late.filter((promise) => {
        const end = bounds[promise.partition]?.end;
        return end !== undefined && catchUp.hasReached(promise.partition, end) && !isKept(promise);
      });
    },
  };
}
