/**
 * Who goes next. Everything a station awaits from outside (its database, the log, the network, a deadline) is a call that
 * waits here until chance picks it: first its effect happens, then, perhaps much later, its answer arrives. A crash
 * drops what is on its way, before or after its effect, at whatever await the station's code stands. All the rest
 * runs in microtasks, which are over before the next call is picked, so that a seed is one history.
 */
import type { Random } from './random.ts';

/** One life of a station's process: a restart is another one. */
export interface Life {
  readonly station: string;
  isAlive: boolean;
  isPaused: boolean;
}

/** What may go wrong with a call besides a crash. */
export interface CallOptions {
  /** Runs only when this says so: a lock, a deadline. */
  readonly ready?: () => boolean;
  /** What it rejects with when chance breaks it, before its effect or after. */
  readonly fault?: () => Error;
  /** It was on its way when its caller's process ended, and its effect had not happened. */
  readonly abandoned?: () => void;
}

interface Call {
  readonly life: Life;
  readonly label: string;
  readonly effect: () => unknown;
  readonly options: CallOptions;
  readonly settle: (outcome: Outcome) => void;
  outcome: Outcome | null;
}

type Outcome = { readonly value: unknown } | { readonly error: Error };

export interface Scheduler {
  /** How often a call that can break does. */
  faultRate: number;
  call<T>(life: Life, label: string, effect: () => T, options?: CallOptions): Promise<Awaited<T>>;
  /** Lets one call go on; false when none can. */
  step(): Promise<boolean>;
  /** Ends a life: nothing it waits for arrives any more. */
  end(life: Life): void;
  /** Lets all microtasks run. */
  settled(): Promise<void>;
  /** What lives still wait for, for a report on a run that hangs. */
  waiting(): string[];
}

/** A tick begins when no microtask is left, however many each of them has begun; an event loop's turn would cost ten times that. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    process.nextTick(resolve);
  });

export function createScheduler(random: Random, trace: (line: string) => void): Scheduler {
  let calls: Call[] = [];

  const isReady = ({ life, options, outcome }: Call): boolean =>
    life.isAlive && !life.isPaused && (outcome !== null || options.ready === undefined || options.ready());

  async function run(call: Call): Promise<Outcome> {
    const { fault } = call.options;
    const isBroken = fault !== undefined && random.chance(scheduler.faultRate);
    if (isBroken && random.chance(0.5)) return { error: fault() };
    try {
      const value: unknown = await call.effect();
      return isBroken ? { error: fault() } : { value };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  const scheduler: Scheduler = {
    faultRate: 0,

    call<T>(life: Life, label: string, effect: () => T, options: CallOptions = {}) {
      return new Promise<Awaited<T>>((resolve, reject) => {
        // A life that has ended may still run to its next await; that one never comes back.
        if (!life.isAlive) return;
        const settle = (outcome: Outcome): void => {
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value as Awaited<T>);
        };
        calls.push({ life, label, effect, options, settle, outcome: null });
      });
    },

    async step() {
      const ready = calls.filter(isReady);
      if (ready.length === 0) return false;
      const call = random.pick(ready);
      if (call.outcome === null) {
        call.outcome = await run(call);
        trace(`${call.life.station} ${call.label}${'error' in call.outcome ? ` ! ${String(call.outcome.error)}` : ''}`);
        // The answer of some takes its time.
        if (random.chance(0.2)) return true;
      }
      // Its process may have ended in the meantime, as a part of the effect.
      if (call.life.isAlive) {
        calls.splice(calls.indexOf(call), 1);
        call.settle(call.outcome);
      }
      await settled();
      return true;
    },

    end(life) {
      life.isAlive = false;
      const ended = calls.filter((call) => call.life === life);
      calls = calls.filter((call) => call.life !== life);
      for (const { outcome, options } of ended) if (outcome === null) options.abandoned?.();
    },

    settled,

    waiting: () => calls.map(({ life, label }) => `${life.station} ${label}${life.isPaused ? ' (paused)' : ''}`),
  };
  return scheduler;
}
