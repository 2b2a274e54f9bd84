/** Hands batches of the donor log to their reader: each until it is taken, and never two of one partition at once. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { LogBatch, LogReading } from '../ports.ts';

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Waits, unless the signal fires. */
export async function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}

/** Pauses that grow to five seconds, with some chance in them so that stations do not come back all at once. */
export function createBackOff(): { next(): number; reset(): void } {
  let ms = firstPauseMs;
  return {
    next: () => {
      const now = ms * (0.75 + Math.random() / 2);
      ms = Math.min(ms * 2, longestPauseMs);
      return now;
    },
    reset: () => {
      ms = firstPauseMs;
    },
  };
}

export interface Deliveries {
  /** Where each partition's next record is. */
  readonly positions: number[];
  /** Resolves once the reader has taken the batch, or the signal fired. Answers whether it was taken. */
  readonly deliver: (batch: LogBatch) => Promise<boolean>;
  /** Resolves when no delivery is under way. */
  readonly settled: () => Promise<void>;
}

export function createDeliveries({ from, onBatch }: LogReading, signal: AbortSignal, log: Logger): Deliveries {
  const positions = [...from];
  const underWay = new Set<Promise<boolean>>();

  const attempt = async (batch: LogBatch): Promise<boolean> => {
    const backOff = createBackOff();
    while (!signal.aborted) {
      try {
        await onBatch(batch);
        positions[batch.partition] = (batch.records.at(-1)?.offset ?? -1) + 1;
        return true;
      } catch (error) {
        log.warn({ err: error, partition: batch.partition }, 'a batch of the donor log was not taken, it comes again');
      }
      await waitUnlessAborted(backOff.next(), signal);
    }
    return false;
  };

  return {
    positions,
    deliver: (batch) => {
      const delivery = attempt(batch).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
      return delivery;
    },
    settled: async () => {
      await Promise.allSettled(underWay);
    },
  };
}
