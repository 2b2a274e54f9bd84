/** What all virtual parts share: one true time, which is the log's; one source of chance; who waits for what. */
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { createScheduler } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';
import { createTrace } from './trace.ts';
import type { Trace } from './trace.ts';

export interface World {
  /** True time in milliseconds; the log's clock shows it, a station's shows something like it. */
  readonly now: () => number;
  readonly pass: (milliseconds: number) => void;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly trace: Omit<Trace, 'note'> & { readonly note: (line: string) => void };
}

const start = Date.UTC(2026, 2, 1);

export function createWorld(seed: number, onLine?: (line: string) => void): World {
  let now = start;
  const random = createRandom(seed);
  const trace = createTrace(80, onLine);
  const note = (line: string): void => {
    trace.note(now, line);
  };
  return {
    now: () => now,
    pass(milliseconds) {
      now += milliseconds;
    },
    random,
    scheduler: createScheduler(random, note),
    trace: { ...trace, note },
  };
}
