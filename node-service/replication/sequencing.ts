/**
 * Which of the things an origin said are new, and how complete what we have of it is, by the numbers it gives them. Pure:
 * from what was heard so far and what arrives, to what is to be kept and what is heard then.
 */
import type { StationCode } from '#schema/ids.ts';

import { nothingHeard } from '../domain/sequence.ts';
import type { Heard } from '../domain/sequence.ts';
import type { KnownEvent, PlacedEvent } from '../ports.ts';
import type { Saying } from './events.ts';

/**
 * Where sayings come from. `log`: read in its order. `stored`: read earlier, kept aside, at their own places. `origin`: sent
 * again by who said them, whose word stands against whatever we have. `parked`: there already, and understood only now.
 */
export type Source = 'log' | 'stored' | 'origin' | 'parked';

export interface Situation {
  readonly source: Source;
  readonly sayings: readonly Saying[];
  readonly heard: ReadonlyMap<StationCode, Heard>;
  /** What is there under the numbers of the sayings, by `origin seq`. */
  readonly known: ReadonlyMap<string, KnownEvent>;
  /** The numbers that are there beyond `upTo`, of origins of which something is missing. */
  readonly beyond: ReadonlyMap<StationCode, readonly number[]>;
  /** The own station: of its own facts, what it has is what stands. */
  readonly station: StationCode;
}

export interface Sequenced {
  /** To be kept, each under its number at most once; what is there under a number is to be replaced. */
  readonly kept: readonly PlacedEvent[];
  /** Different words under a number that is taken. */
  readonly forked: readonly Saying[];
  /** What was there and is replaced by different words or another place. */
  readonly replaced: readonly (KnownEvent & { readonly origin: StationCode; readonly isFork: boolean })[];
  /** Of the origins that said something. */
  readonly heard: ReadonlyMap<StationCode, Heard>;
}

export const numberOf = ({ origin, seq }: Pick<Saying, 'origin' | 'seq'>): string => `${origin} ${seq}`;

/** The lower of two doubts. */
const earlier = (doubt: number | null, seq: number): number => (doubt === null ? seq : Math.min(doubt, seq));

/** One origin's numbers while sayings arrive. */
function createTally(before: Heard, beyond: readonly number[]) {
  const ahead = new Set(beyond);
  let { upTo, highest, forkedAt } = before;
  return {
    isCounted: (seq: number) => seq <= upTo,
    isLate: (seq: number) => seq < highest,
    doubt: (seq: number) => {
      forkedAt = earlier(forkedAt, seq);
    },
    count: (seq: number) => {
      ahead.add(seq);
      highest = Math.max(highest, seq);
      while (ahead.delete(upTo + 1)) upTo += 1;
    },
    now: (): Heard => ({ upTo, highest, forkedAt }),
  };
}

const knownAs = ({ event, offset, appendedAt, digest }: PlacedEvent): KnownEvent => ({
  token: event.token,
  offset,
  appendedAt,
  digest,
});

/** Whether what arrives takes the place of what is there: the origin's word always does, and the first place in the log. */
function prevails(source: Source, saying: Saying, known: KnownEvent): boolean {
  if (source === 'origin') return saying.digest !== known.digest || saying.offset !== known.offset;
  if (source === 'parked') return saying.digest === known.digest && saying.offset === known.offset;
  return saying.digest === known.digest && saying.offset < known.offset;
}

export function sequence({ source, sayings, heard, known, beyond, station }: Situation): Sequenced {
  const tallies = new Map<StationCode, ReturnType<typeof createTally>>();
  const tallyOf = (origin: StationCode) => {
    const tally = tallies.get(origin) ?? createTally(heard.get(origin) ?? nothingHeard, beyond.get(origin) ?? []);
    tallies.set(origin, tally);
    return tally;
  };
  const there = new Map(known);
  const kept = new Map<string, PlacedEvent>();
  const forked: Saying[] = [];
  const replaced: Sequenced['replaced'][number][] = [];
  const keep = (number: string, event: PlacedEvent) => {
    kept.set(number, event);
    there.set(number, knownAs(event));
  };

  for (const saying of sayings) {
    const { origin, seq, digest, event } = saying;
    const number = numberOf(saying);
    const tally = tallyOf(origin);
    const old = there.get(number);
    if (old !== undefined) {
      const isFork = digest !== old.digest;
      if (event !== null && prevails(source, saying, old)) {
        replaced.push({ ...old, origin, isFork });
        keep(number, event);
      } else if (isFork) {
        forked.push(saying);
        tally.doubt(seq);
      }
    } else if (!tally.isCounted(seq) || source === 'origin') {
      // The log takes an origin's facts in the order of their numbers. What comes late is a later copy of what we lost: it
      // is believed at once, and its origin knows its place.
      if (source === 'log' && tally.isLate(seq) && origin !== station) tally.doubt(seq);
      if (event !== null) keep(number, event);
      tally.count(seq);
    }
  }
  return {
    kept: [...kept.values()],
    forked,
    replaced,
    heard: new Map([...tallies].map(([origin, tally]) => [origin, tally.now()])),
  };
}

/** What was heard once the origin has said again everything from `from` to `to`, and nothing of that is in doubt any more. */
export function settled(heard: Heard, from: number, to: number): Heard {
  const { forkedAt, highest } = heard;
  if (forkedAt === null || forkedAt < from || forkedAt > to) return heard;
  return { ...heard, forkedAt: to < highest ? to + 1 : null };
}
