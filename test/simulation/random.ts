/** The one source of chance in a simulation: sfc32, small and fast, the same numbers for the same seed everywhere. */

export interface Random {
  /** A number from 0 up to, and without, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both among them. */
  whole(low: number, high: number): number;
  /** Whether something with this probability happens. */
  chance(probability: number): boolean;
  /** One of these; throws on none. */
  pick<T>(among: readonly T[]): T;
  /** One of these, as likely as its weight says. */
  weighted<T>(among: readonly (readonly [weight: number, value: T])[]): T;
}

export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9, 0x243f6a88, 1];

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  }
  for (let round = 0; round < 15; round += 1) next();

  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    pick(among) {
      const index = whole(0, among.length - 1);
      if (among.length === 0) throw new RangeError('nothing to pick from');
      return among[index] as (typeof among)[number];
    },
    weighted(among) {
      let rest = next() * among.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of among) {
        rest -= weight;
        if (rest < 0) return value;
      }
      throw new RangeError('nothing to pick from');
    },
  };
}
