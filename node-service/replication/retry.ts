/**
 * Second chances: records in quarantine whose member or key was not known are tried again when the directory has changed, and
 * parked events when this version begins, for it may know what its predecessor did not. Both are applied at their places.
 */
import type { Directory } from '#schema/directory.ts';
import type { QuarantineReason } from '#schema/codes.ts';

import type { DirectoryPort, InboxPort } from '../ports.ts';
import type { Applier } from './applier.ts';

const pageSize = 500;
const reasons: readonly QuarantineReason[] = ['UNKNOWN_MEMBER', 'UNKNOWN_KEY'];

export interface RetryDependencies {
  readonly inbox: Pick<InboxPort, 'quarantined' | 'parked'>;
  readonly applier: Pick<Applier, 'applyQuarantined' | 'applyParked'>;
  readonly directory: DirectoryPort;
  readonly partitions: number;
}

export interface Retry {
  /** Tries again what is to be tried, if anything; answers whether the directory changed meanwhile. */
  step(): Promise<boolean>;
}

/** Goes through pages of what has an offset, in order. */
async function throughPages<T>(
  page: (after: number) => Promise<T[]>,
  offsetOf: (one: T) => number,
  apply: (some: readonly T[]) => Promise<unknown>,
): Promise<void> {
  let after = -1;
  for (;;) {
    const some = await page(after);
    if (some.length > 0) await apply(some);
    const last = some.at(-1);
    if (last === undefined || some.length < pageSize) return;
    after = offsetOf(last);
  }
}

export function createRetry({ inbox, applier, directory, partitions }: RetryDependencies): Retry {
  let tried: Directory | undefined;
  let isParkedRead = false;

  async function readParked(): Promise<void> {
    for (let partition = 0; partition < partitions; partition += 1) {
      await throughPages(
        (after) => inbox.parked(partition, after, pageSize),
        ({ offset }) => offset,
        (events) => applier.applyParked(partition, events),
      );
    }
  }

  async function tryQuarantine(): Promise<void> {
    for (let partition = 0; partition < partitions; partition += 1) {
      await throughPages(
        (after) => inbox.quarantined(partition, reasons, after, pageSize),
        ({ offset }) => offset,
        (records) => applier.applyQuarantined(partition, records),
      );
    }
  }

  return {
    async step() {
      if (!isParkedRead) await readParked();
      isParkedRead = true;
      const current = directory.current();
      if (current === tried) return false;
      await tryQuarantine();
      tried = current;
      return directory.current() !== current;
    },
  };
}
