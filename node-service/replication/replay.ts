/**
 * Builds the copy of the donor log again from the log's start: it is forgotten, and whoever applies notices and begins again.
 * Until everything is applied once more no promise of completeness holds, so the station asks the others live. This part only
 * forgets and watches; it may run in another process than the applier.
 */
import { standingAt } from '../domain/place.ts';
import type { InboxPort, StopwatchPort } from '../ports.ts';
import { createCatchUp } from './catch-up.ts';
import type { CatchUpStatus } from './catch-up.ts';

export interface Replay {
  /** Forgets the copy. Rejects with `DATABASE_UNAVAILABLE`, and then nothing is forgotten. */
  begin(): Promise<void>;
  /** How far the copy is on its way to where it was. */
  readonly look: () => Promise<CatchUpStatus>;
}

interface Dependencies {
  readonly inbox: Pick<InboxPort, 'positions' | 'forget'>;
  readonly stopwatch: StopwatchPort;
  /** How many partitions the donor log has; more does no harm. */
  readonly partitions: number;
}

export function createReplay({ inbox, stopwatch, partitions }: Dependencies): Replay {
  // Nobody here reads the log, so silence means nothing.
  const catchUp = createCatchUp({ stopwatch, log: { isUp: () => false } });
  let goal: readonly number[] = [];
  let seen: readonly number[] = [];

  /** Where the copy stands in the log that is there now: what was said in one that is no more cannot be read again. */
  const offsets = async (): Promise<number[]> =>
    (await inbox.positions(partitions)).map((position) => standingAt(position, Infinity).offset);

  return {
    async begin() {
      goal = await offsets();
      seen = goal.map(() => 0);
      await inbox.forget();
      catchUp.begin(seen, goal);
    },
    async look() {
      const positions = await offsets();
      for (const [partition, position] of positions.entries()) {
        const records = position - (seen[partition] ?? 0);
        // What is new since is not part of the way.
        if (records > 0) catchUp.note({ partition, records, position, end: goal[partition] ?? 0 });
      }
      seen = positions;
      return catchUp.status();
    },
  };
}
