/**
 * What drives the parts of replication: a step is run again at once while it says that there is more, and otherwise when it
 * is woken or a pause is over. When it fails it is tried again, later and later; the log has one line when that begins and
 * one when it ends.
 */
import type { Logger } from 'pino';

export interface LoopOptions {
  /** What this loop does, as the log names it. */
  readonly name: string;
  /** Answers whether there is more to do at once. */
  readonly step: () => Promise<boolean>;
  /** How long it rests when nobody wakes it, in milliseconds. */
  readonly intervalMs: number;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

export interface Loop {
  start(): void;
  /** There is something to do. Does not hurry a loop that waits after a failure. */
  wake(): void;
  /** Resolves when the running step has ended. */
  stop(): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** A pause that can be ended early. */
function createRest() {
  let end: (() => void) | undefined;
  return {
    end: () => end?.(),
    async rest(milliseconds: number): Promise<void> {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      end = undefined;
    },
  };
}

export function createLoop({ name, step, intervalMs, log }: LoopOptions): Loop {
  const pausing = createRest();
  let failures = 0;
  let isWoken = false;
  let isStopping = false;
  let running: Promise<void> | undefined;

  function failed(error: unknown): number {
    if (failures === 0) log.warn({ err: error, loop: name }, 'replication fails and is tried again');
    failures += 1;
    return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
  }

  function worked(): void {
    if (failures > 0) log.info({ loop: name, failures }, 'replication works again');
    failures = 0;
  }

  /** How long to wait after this turn; 0 for not at all. */
  async function turn(): Promise<number> {
    isWoken = false;
    try {
      const hasMore = await step();
      worked();
      return hasMore ? 0 : intervalMs;
    } catch (error) {
      return failed(error);
    }
  }

  const mayStop = (): boolean => isStopping;
  const wasWoken = (): boolean => isWoken && failures === 0;

  async function run(): Promise<void> {
    while (!mayStop()) {
      const pause = await turn();
      if (pause > 0 && !mayStop() && !wasWoken()) await pausing.rest(pause);
    }
  }

  return {
    start() {
      running ??= run();
    },
    wake() {
      isWoken = true;
      if (failures === 0) pausing.end();
    },
    async stop() {
      isStopping = true;
      pausing.end();
      await running;
    },
  };
}
