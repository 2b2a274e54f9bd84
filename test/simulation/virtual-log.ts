/**
 * The donor log of a simulation. It keeps what `LogPort` promises and nothing more: an append that was given up on may land
 * later, whole or in part; records come again; each reader lags as chance has it; a reader behind a mirror may miss some.
 */
import { Fault } from '#schema/errors.ts';
import type { LogBatch, LogEntry, LogPort, LogReading, LogRecord, LogTopic } from '#node/ports.ts';

import type { Life } from './scheduler.ts';
import type { World } from './world.ts';

interface Reader {
  readonly life: Life;
  readonly reading: LogReading;
  readonly next: number[];
  readonly busy: boolean[];
  isStopped: boolean;
  readonly ended: () => void;
}

interface Landing {
  readonly topic: LogTopic;
  readonly entries: readonly LogEntry[];
}

export interface VirtualLogOptions {
  readonly partitions: number;
  /** The probability that a reader never gets a record of somebody else. */
  readonly lossRate: number;
  /** Whether the log can be reached from a station now. */
  readonly isReachable: (station: string) => boolean;
}

export interface VirtualLog {
  portOf(life: Life): LogPort;
  /** Appends what nobody of ours wrote. */
  inject(topic: LogTopic, entry: LogEntry): void;
  records(topic: LogTopic): readonly (readonly LogRecord[])[];
  /** Hands some records to one of the readers that can take some; false when none can. */
  deliver(): boolean;
  /** Whether a station reads the facts, and has got all there are. */
  isRead(station: string): boolean;
  /** Lets one append land that its caller has given up; false without one. */
  land(): boolean;
  end(life: Life): void;
  /** Whether a station never gets a record. */
  hasLost(station: string, record: LogRecord): boolean;
  /** From here on nobody loses or repeats anything. */
  heal(): void;
}

const unavailable = (): Fault => new Fault('LOG_UNAVAILABLE');

export function createVirtualLog(world: World, options: VirtualLogOptions): VirtualLog {
  const { random, scheduler, now } = world;
  const topics: Record<LogTopic, LogRecord[][]> = {
    donors: Array.from({ length: options.partitions }, () => []),
    control: [[]],
  };
  const lost = new Map<string, boolean>();
  let readers: Reader[] = [];
  const landings: Landing[] = [];
  let isHealed = false;

  const partitionOf = (topic: LogTopic, partition: number): LogRecord[] => {
    const records = topics[topic][partition];
    if (records === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    return records;
  };

  function append(topic: LogTopic, entries: readonly LogEntry[]): { appendedAt: number } {
    for (const { partition, key, value } of entries) {
      const records = partitionOf(topic, partition);
      records.push({ partition, key, value, offset: records.length, appendedAt: now() });
    }
    return { appendedAt: now() };
  }

  /** What becomes of an append that is not answered: nothing, a part of it, or all of it; now or later. */
  function fate(topic: LogTopic, entries: readonly LogEntry[], isReachable: boolean): void {
    const partitions = new Set(entries.map(({ partition }) => partition));
    const kept = [...partitions].flatMap((partition) => {
      const own = entries.filter((entry) => entry.partition === partition);
      return own.slice(0, random.whole(0, own.length));
    });
    if (kept.length === 0) return;
    if (isReachable && random.chance(0.5)) append(topic, kept);
    else if (random.chance(0.1)) landings.push({ topic, entries: kept });
  }

  /** Whether a record is lost on the way to a station, with every copy of it; the answer never changes. */
  function isLost(reader: Reader, record: LogRecord): boolean {
    const { station } = reader.life;
    if (options.lossRate === 0 || reader.reading.topic === 'control') return false;
    const name = `${station} ${record.value}`;
    const known = lost.get(name) ?? (!isHealed && originOf(record) !== station && random.chance(options.lossRate));
    lost.set(name, known);
    return known;
  }

  function handOver(reader: Reader, partition: number): void {
    const { topic, onBatch } = reader.reading;
    const records = partitionOf(topic, partition);
    const next = reader.next[partition] ?? 0;
    // At least once: now and then some come again, as after a rebalance.
    const from = !isHealed && random.chance(0.1) ? Math.max(0, next - random.whole(1, 5)) : next;
    const upTo = Math.min(records.length, next + random.whole(1, 12));
    const batch: LogBatch = {
      partition,
      records: records.slice(from, upTo).filter((record) => !isLost(reader, record)),
      end: records.length,
    };
    if (batch.records.length === 0) {
      reader.next[partition] = upTo;
      return;
    }
    reader.busy[partition] = true;
    world.trace.note(`${reader.life.station} gets ${topic} ${partition} ${from}..${upTo - 1} of ${records.length}`);
    const release = (): void => {
      reader.busy[partition] = false;
      if (reader.isStopped && !reader.busy.some(Boolean)) reader.ended();
    };
    onBatch(batch).then(
      () => {
        reader.next[partition] = upTo;
        release();
      },
      (error: unknown) => {
        world.trace.note(`${reader.life.station} did not take ${topic} ${partition} ${from}: ${String(error)}`);
        release();
      },
    );
  }

  return {
    portOf: (life) => ({
      partitions: () => scheduler.call(life, 'log partitions', () => options.partitions),
      append(topic, entries) {
        const effect = (): { appendedAt: number } => {
          if (options.isReachable(life.station)) return append(topic, entries);
          fate(topic, entries, false);
          throw unavailable();
        };
        const broken = (): Fault => unavailable();
        const abandoned = (): void => {
          fate(topic, entries, options.isReachable(life.station));
        };
        return scheduler.call(life, `appends ${entries.length} to ${topic}`, effect, { fault: broken, abandoned });
      },
      bounds(topic) {
        return scheduler.call(life, `bounds of ${topic}`, () => {
          if (!options.isReachable(life.station)) throw unavailable();
          return topics[topic].map((records) => ({ start: 0, end: records.length }));
        });
      },
      read(reading, signal) {
        return new Promise((resolve) => {
          const busy = topics[reading.topic].map(() => false);
          const reader: Reader = { life, reading, next: [...reading.from], busy, isStopped: false, ended: resolve };
          readers.push(reader);
          signal.addEventListener('abort', () => {
            reader.isStopped = true;
            readers = readers.filter((other) => other !== reader);
            if (!reader.busy.some(Boolean)) resolve();
          });
        });
      },
      isUp: () => options.isReachable(life.station),
      stop: () => Promise.resolve(),
    }),

    inject(topic, entry) {
      append(topic, [entry]);
    },

    records: (topic) => topics[topic],

    deliver() {
      const able = readers.flatMap((reader) => {
        const { life, reading, next, busy, isStopped } = reader;
        if (!life.isAlive || life.isPaused || isStopped || !options.isReachable(life.station)) return [];
        return topics[reading.topic].flatMap((records, partition) =>
          busy[partition] === false && (next[partition] ?? 0) < records.length ? [{ reader, partition }] : [],
        );
      });
      if (able.length === 0) return false;
      const { reader, partition } = random.pick(able);
      handOver(reader, partition);
      return true;
    },

    isRead(station) {
      const [reader] = readers.filter(({ reading, life }) => reading.topic === 'donors' && life.station === station);
      return topics.donors.every(
        (records, partition) => reader?.busy[partition] === false && (reader.next[partition] ?? 0) >= records.length,
      );
    },

    land() {
      if (landings.length === 0) return false;
      const [landing] = landings.splice(random.whole(0, landings.length - 1), 1);
      if (landing === undefined) return false;
      append(landing.topic, landing.entries);
      world.trace.note(`the log takes ${landing.entries.length} that were given up`);
      return true;
    },

    end(life) {
      readers = readers.filter((reader) => reader.life !== life);
    },

    hasLost: (station, { value }) => lost.get(`${station} ${value}`) === true,

    heal() {
      isHealed = true;
    },
  };
}

/** Who signed a record, as far as can be seen without checking. */
function originOf({ value }: LogRecord): string | null {
  const payload = value.split('.')[1];
  if (payload === undefined) return null;
  const origin = /"origin":"(\w+)"/.exec(Buffer.from(payload, 'base64url').toString());
  return origin?.[1] ?? null;
}
