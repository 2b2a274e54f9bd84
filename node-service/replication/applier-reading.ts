/** The applier at work: reads every partition of the donor log from where the copy stands, until it is stopped. */
import { Fault } from '#schema/errors.ts';

import type { InboxPort, LogPort } from '../ports.ts';
import { Rewound } from './applier.ts';
import type { Applier } from './applier.ts';
import type { CatchUp } from './catch-up.ts';

export interface ReadingDependencies {
  readonly log: Pick<LogPort, 'bounds' | 'read'>;
  readonly inbox: Pick<InboxPort, 'positions'>;
  readonly applier: Pick<Applier, 'apply'>;
  readonly catchUp: Pick<CatchUp, 'begin'>;
  readonly partitions: number;
}

export interface Reader {
  /** Reads until it is stopped; answers true when the copy was forgotten meanwhile and reading has to begin again. */
  step(): Promise<boolean>;
  /** Begins again where the copy stands. */
  restart(): void;
  /** Ends the running step. Another one ends at once. */
  stop(): void;
}

export function createReader({ log, inbox, applier, catchUp, partitions }: ReadingDependencies): Reader {
  const stopping = new AbortController();
  let again = new AbortController();

  return {
    async step() {
      if (stopping.signal.aborted) return false;
      const turn = new AbortController();
      again = turn;
      const from = await inbox.positions(partitions);
      const ends = (await log.bounds('donors')).map(({ end }) => end);
      // The log was made anew, or has lost its end: offsets do not mean what they meant, so nothing may be taken for known.
      if (from.some((position, partition) => position > (ends[partition] ?? 0))) throw new Fault('LOG_CHANGED');
      catchUp.begin(from, ends);
      await log.read(
        {
          topic: 'donors',
          from,
          async onBatch(batch) {
            await applier.apply(batch).catch((error: unknown) => {
              if (error instanceof Rewound) turn.abort();
              throw error;
            });
          },
        },
        AbortSignal.any([stopping.signal, turn.signal]),
      );
      return !stopping.signal.aborted;
    },
    restart() {
      again.abort();
    },
    stop() {
      stopping.abort();
    },
  };
}
