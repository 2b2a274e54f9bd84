/**
 * The applier at work: reads every partition of the donor log from where the copy stands, until it is stopped; begins again
 * when the copy was forgotten under it, and notices when the log is not the one it was.
 */
import { placeOf, standingAt } from '../domain/place.ts';
import type { Standing } from '../domain/place.ts';
import type { DirectoryPort, InboxPort, LogBatch, LogPort } from '../ports.ts';
import { Rewound } from './applier.ts';
import type { Applier } from './applier.ts';
import type { CatchUp } from './catch-up.ts';

export interface ReadingDependencies {
  readonly log: Pick<LogPort, 'bounds' | 'read'>;
  readonly inbox: Pick<InboxPort, 'positions'>;
  readonly applier: Pick<Applier, 'apply'>;
  readonly catchUp: Pick<CatchUp, 'begin'>;
  readonly partitions: number;
  readonly directory: DirectoryPort;
  /** Hears that a partition of the log was made anew: what was lost with it has to come from the origins. */
  readonly onRecreated: (partition: number) => void;
}

export interface Reader {
  /** Reads until it is stopped; answers true when the copy was forgotten meanwhile and reading has to begin again. */
  step(): Promise<boolean>;
  /** Begins again where the copy stands. */
  restart(): void;
  /** Ends the running step. Another one ends at once. */
  stop(): void;
}

const inEpoch = ({ partition, records, end }: LogBatch, epoch: number): LogBatch => ({
  partition,
  records: records.map((record) => ({ ...record, offset: placeOf(epoch, record.offset) })),
  end: placeOf(epoch, end),
});

export function createReader(dependencies: ReadingDependencies): Reader {
  const { log, inbox, applier, catchUp, partitions, directory, onRecreated } = dependencies;
  const stopping = new AbortController();
  let again = new AbortController();

  /** Where the copy stands in each partition of the log that is there now. */
  async function stand(): Promise<Standing[]> {
    const positions = await inbox.positions(partitions);
    const ends = (await log.bounds('donors')).map(({ end }) => end);
    const { logEpoch } = directory.current().policy;
    const standing = positions.map((position, partition) => standingAt(position, ends[partition] ?? 0, logEpoch));
    const places = standing.map(({ epoch, offset }) => placeOf(epoch, offset));
    for (const [partition, position] of positions.entries()) {
      // Who has read nothing yet has lost nothing.
      if (position > 0 && places[partition] !== position) onRecreated(partition);
    }
    catchUp.begin(
      places,
      standing.map(({ epoch }, partition) => placeOf(epoch, ends[partition] ?? 0)),
    );
    return standing;
  }

  /** Of a log that was made anew while it was read, the end lies before what was read already. */
  function epochOf({ partition, end }: LogBatch, { epoch, offset }: Standing): number {
    if (end >= offset) return epoch;
    onRecreated(partition);
    return epoch + 1;
  }

  return {
    async step() {
      if (stopping.signal.aborted) return false;
      const turn = new AbortController();
      again = turn;
      const standing = await stand();
      const onBatch = async (batch: LogBatch) => {
        const { partition, records } = batch;
        const epoch = epochOf(batch, standing[partition] ?? { epoch: 0, offset: 0 });
        await applier.apply(inEpoch(batch, epoch)).catch((error: unknown) => {
          if (error instanceof Rewound) turn.abort();
          throw error;
        });
        standing[partition] = { epoch, offset: (records.at(-1)?.offset ?? -1) + 1 };
      };
      const from = standing.map(({ offset }) => offset);
      await log.read({ topic: 'donors', from, onBatch }, AbortSignal.any([stopping.signal, turn.signal]));
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
