/** A reader of the donor log for tests: collects what comes, and can be waited for. */
import { EventEmitter, once } from 'node:events';

import type { LogBatch, LogPort, LogRecord, LogTopic } from '#node/ports.ts';

export interface Reader {
  readonly batches: LogBatch[];
  /** All records so far, in the order they came. */
  records(): LogRecord[];
  /** Resolves once as many different records are there. */
  until(count: number): Promise<LogRecord[]>;
  /** Resolves once a record has the value. */
  untilValue(value: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ReaderOptions {
  readonly topic?: LogTopic;
  readonly from: readonly number[];
  /** What the reader does with a batch before it has it. */
  readonly onBatch?: (batch: LogBatch) => Promise<void>;
}

export function startReader(log: LogPort, { topic = 'donors', from, onBatch }: ReaderOptions): Reader {
  const batches: LogBatch[] = [];
  const seen = new Map<string, LogRecord>();
  const came = new EventEmitter();
  const end = new AbortController();
  const reading = log.read(
    {
      topic,
      from,
      onBatch: async (batch) => {
        await onBatch?.(batch);
        batches.push(batch);
        for (const record of batch.records) seen.set(`${record.partition} ${record.offset}`, record);
        came.emit('batch');
      },
    },
    end.signal,
  );
  const until = async (isThere: () => boolean) => {
    while (!isThere()) await once(came, 'batch');
  };
  return {
    batches,
    records: () => batches.flatMap((batch) => batch.records),
    until: async (count) => {
      await until(() => seen.size >= count);
      return [...seen.values()];
    },
    untilValue: (value) => until(() => [...seen.values()].some((record) => record.value === value)),
    stop: async () => {
      end.abort();
      await reading;
    },
  };
}

/** The records of each partition, as they came first; throws when one came before another that precedes it. */
export function inOrder(records: readonly LogRecord[]): LogRecord[][] {
  const partitions: LogRecord[][] = [];
  for (const record of records) {
    const known = (partitions[record.partition] ??= []);
    const last = known.at(-1);
    if (last !== undefined && record.offset <= last.offset) continue; // it comes again
    if (last !== undefined && record.offset !== last.offset + 1) throw new Error(`a gap before ${record.offset}`);
    if (last !== undefined && record.appendedAt < last.appendedAt) throw new Error('time ran backwards');
    known.push(record);
  }
  return partitions;
}
