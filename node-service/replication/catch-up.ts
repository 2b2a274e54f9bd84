/** How far the copy is behind the log: by partition, how fast it comes nearer, and how long that will still take. */
import { standingAt } from '../domain/place.ts';
import type { LogPort, StopwatchPort } from '../ports.ts';
import type { AppliedBatch } from './applier.ts';

/** A partition from which nothing came for so long has nothing more to give, though its end was not seen. */
const idleMs = 10_000;
/** The rate is that of the last so many milliseconds. */
const rateOverMs = 10_000;

export interface PartitionCatchUp {
  readonly partition: number;
  /** The next offset wanted. */
  readonly position: number;
  /** The end as it was last seen. */
  readonly end: number;
}

export interface CatchUpStatus {
  /** Whether everything is applied that was in the log when reading began. */
  readonly isDone: boolean;
  /** Records still to be applied. */
  readonly left: number;
  /** Records a second, lately. */
  readonly rate: number;
  /** Null while the rate does not tell. */
  readonly secondsLeft: number | null;
  readonly partitions: readonly PartitionCatchUp[];
}

export interface CatchUp {
  /** Reading begins at these positions; the log ends there. */
  begin(positions: readonly number[], ends: readonly number[]): void;
  /** Something was applied. */
  note(applied: Pick<AppliedBatch, 'partition' | 'records' | 'position' | 'end'>): void;
  status(): CatchUpStatus;
  /** Whether everything is applied that was in the log when reading began. */
  isDone(): boolean;
  /** Whether everything before this offset of the log that is there now is applied, or nothing more comes of it. */
  hasReached(partition: number, offset: number): boolean;
}

interface Dependencies {
  readonly stopwatch: StopwatchPort;
  readonly log: Pick<LogPort, 'isUp'>;
}

interface Place {
  position: number;
  /** Where the partition ended when reading began. */
  readonly goal: number;
  end: number;
  movedAt: number;
}

/** How many records were applied lately. */
function createPace(now: () => number) {
  let samples: { readonly at: number; readonly records: number }[] = [];
  return {
    add: (records: number) => {
      const at = now();
      samples = [...samples.filter((sample) => at - sample.at < rateOverMs), { at, records }].slice(-1_000);
    },
    perSecond: () => {
      const recent = samples.filter(({ at }) => now() - at < rateOverMs);
      const [first] = recent;
      if (first === undefined) return 0;
      // The first sample is the work of the time before it.
      const records = recent.reduce((sum, sample) => sum + sample.records, 0);
      const seconds = Math.max(now() - first.at, 1_000) / 1_000;
      return records / seconds;
    },
  };
}

export function createCatchUp({ stopwatch, log }: Dependencies): CatchUp {
  const now = () => stopwatch.moment().monotonic;
  const pace = createPace(now);
  let places: Place[] | undefined;

  const isIdle = ({ movedAt }: Place): boolean => log.isUp() && now() - movedAt >= idleMs;
  const isDone = (): boolean => places?.every((place) => place.position >= place.goal || isIdle(place)) ?? false;

  return {
    begin(positions, ends) {
      places = positions.map((position, partition) => {
        const end = ends[partition] ?? 0;
        return { position, goal: end, end, movedAt: now() };
      });
    },
    note({ partition, records, position, end }) {
      const place = places?.[partition];
      if (place === undefined) return;
      if (end !== null) {
        pace.add(records);
        place.end = Math.max(place.end, end);
      }
      place.position = Math.max(place.position, position);
      place.movedAt = now();
    },
    status() {
      const partitions = (places ?? []).map(({ position, end }, partition) => ({ partition, position, end }));
      const left = partitions.reduce((sum, { position, end }) => sum + Math.max(0, end - position), 0);
      const rate = pace.perSecond();
      return { isDone: isDone(), left, rate, secondsLeft: rate > 0 ? left / rate : null, partitions };
    },
    isDone,
    hasReached(partition, offset) {
      const place = places?.[partition];
      return place !== undefined && (standingAt(place.position, offset).offset >= offset || isIdle(place));
    },
  };
}

/** One line for the log of a station that has to catch up. */
export function sayCatchUp({ left, rate, secondsLeft }: CatchUpStatus): string {
  const time = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
  return `${left} records of the donor log still to apply, ${Math.round(rate)} a second${time}`;
}
