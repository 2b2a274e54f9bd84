/**
 * The reading of the donor log into the station's copy, from where the copy stands. It begins again when the copy was
 * forgotten under it, and notices when the log is not the one it was.
 */
import type { InboxPort, LogBatch, LogBounds, LogPort } from '../ports.ts';
import { placeOf, standingAt } from '../domain/place.ts';
import type { Standing } from '../domain/place.ts';
import { Rewound } from './applier.ts';
import type { Applier } from './applier.ts';

export interface ReadingDependencies {
  readonly log: Pick<LogPort, 'bounds' | 'read'>;
  readonly inbox: Pick<InboxPort, 'positions'>;
  readonly applier: Pick<Applier, 'apply'>;
  readonly partitions: number;
  /** Hears where the reading begins and how far the log goes just then, as places; before anything is applied. */
  readonly onBegin: (begun: { readonly positions: readonly number[]; readonly ends: readonly number[] }) => void;
  /** Hears that the log of a partition was made anew: what it had lost has to come from the origins. */
  readonly onRecreated: (partition: number) => void;
}

export interface LogReader {
  /** Reads until the signal fires. Rejects when the log or the database cannot be reached at its beginning. */
  read(signal: AbortSignal): Promise<void>;
}

const shifted = ({ partition, records, end }: LogBatch, epoch: number): LogBatch => ({
  partition,
  records: records.map((record) => ({ ...record, offset: placeOf(epoch, record.offset) })),
  end: placeOf(epoch, end),
});

export function createLogReader(dependencies: ReadingDependencies): LogReader {
  const { log, inbox, applier, partitions, onBegin, onRecreated } = dependencies;

  async function stand(): Promise<Standing[]> {
    const [positions, bounds] = await Promise.all([inbox.positions(partitions), log.bounds('donors')]);
    const standing = positions.map((position, partition) => {
      const { end }: LogBounds = bounds[partition] ?? { start: 0, end: 0 };
      const found = standingAt(position, end);
      if (placeOf(found.epoch, found.offset) !== position) onRecreated(partition);
      return { ...found, end };
    });
    onBegin({
      positions: standing.map(({ epoch, offset }) => placeOf(epoch, offset)),
      ends: standing.map(({ epoch, end }) => placeOf(epoch, end)),
    });
    return standing;
  }

  async function readFrom(standing: Standing[], signal: AbortSignal): Promise<void> {
    const restart = new AbortController();
    const onBatch = async (batch: LogBatch) => {
      const { partition, records, end } = batch;
      const before = standing[partition] ?? { epoch: 0, offset: 0 };
      // The end lies before what was read already: the log is another one, and begins with this batch.
      const isAnew = end < before.offset;
      const epoch = isAnew ? before.epoch + 1 : before.epoch;
      if (isAnew) onRecreated(partition);
      try {
        await applier.apply(shifted(batch, epoch));
        standing[partition] = { epoch, offset: (records.at(-1)?.offset ?? -1) + 1 };
      } catch (error) {
        if (!(error instanceof Rewound)) throw error;
        restart.abort();
      }
    };
    const from = standing.map(({ offset }) => offset);
    await log.read({ topic: 'donors', from, onBatch }, AbortSignal.any([signal, restart.signal]));
  }

  return {
    async read(signal) {
      while (!signal.aborted) await readFrom(await stand(), signal);
    },
  };
}
