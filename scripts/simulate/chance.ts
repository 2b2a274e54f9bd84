/** The one source of chance: sfc32, begun anew for each person, so that a person is the same whoever simulates it and when. */
import type { Weighted } from './parameters.ts';

export interface Chance {
  /** Begins the numbers of one stream: the same seed and stream give the same numbers everywhere. */
  begin(seed: number, stream: number): void;
  /** A number from 0 up to, and without, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both among them. */
  whole(low: number, high: number): number;
  /** Whether something with this probability happens. */
  happens(probability: number): boolean;
  /** A waiting time with this mean: exponential, so that nothing is remembered of the time waited so far. */
  wait(mean: number): number;
}

export function createChance(): Chance {
  let [a, b, c, counter] = [0, 0, 0, 1];

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  }

  return {
    begin(seed, stream) {
      a = seed | 0;
      b = stream | 0;
      c = Math.floor(stream / 4_294_967_296) ^ 0x9e3779b9;
      counter = 1;
      for (let round = 0; round < 12; round += 1) next();
    },
    next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    happens: (probability) => next() < probability,
    wait: (mean) => -Math.log(1 - next()) * mean,
  };
}

/** One of these, as likely as its weight says. */
export function weighted<Value>(chance: Chance, among: Weighted<Value>): Value {
  let rest = chance.next() * among.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, value] of among) {
    rest -= weight;
    if (rest < 0) return value;
  }
  throw new RangeError('nothing to choose from');
}

/**
 * A value whose distribution goes through points: `[share, value]`, where `share` of all values are greater. The shares fall and
 * begin with 1; between two points values lie on a line of logarithms, and none is beyond the last.
 */
export function between(chance: Chance, points: Weighted<number>): number {
  const share = 1 - chance.next();
  for (let at = 1; at < points.length; at += 1) {
    const [[more = 1, low = 0] = [], [less = 0, high = 0] = []] = [points[at - 1], points[at]];
    if (share < less) continue;
    return low * (high / low) ** (Math.log(more / share) / Math.log(more / less));
  }
  return points.at(-1)?.[1] ?? 0;
}
