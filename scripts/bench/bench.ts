/**
 * How every bench of the project measures: contenders take turns, round after round, so that whatever else the machine
 * does meets all of them alike, and what counts is the median of the rounds. Compare ratios, not absolute numbers.
 */

/** What one turn did, and the CPU time that the process under test spent on it. */
export interface Turn {
  readonly operations: number;
  readonly seconds: number;
  readonly cpuMs: number;
  /** Milliseconds of each operation, where it is the waiting that counts. */
  readonly waits?: readonly number[];
}

export interface Contender {
  readonly name: string;
  run(seconds: number): Promise<Turn>;
}

/** Medians over the rounds. */
export interface Measured {
  readonly name: string;
  readonly perSecond: number;
  /** CPU milliseconds an operation. */
  readonly cpuMs: number;
  /** Cores the process under test kept busy: near 1 says that it, and not the load, was the limit. */
  readonly cores: number;
  /** Milliseconds half of all operations took at most, where each was timed. */
  readonly medianMs?: number;
}

/** A bench of `npm run bench`: the first of what it measured is what the others are compared with. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly Measured[]>;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (upper + lower) / 2;
};

const summarise = (name: string, turns: readonly Turn[]): Measured => {
  const waits = turns.flatMap((turn) => turn.waits ?? []);
  return {
    name,
    perSecond: median(turns.map(({ operations, seconds }) => operations / seconds)),
    cpuMs: median(turns.map(({ operations, cpuMs }) => cpuMs / operations)),
    cores: median(turns.map(({ cpuMs, seconds }) => cpuMs / 1000 / seconds)),
    ...(waits.length > 0 && { medianMs: median(waits) }),
  };
};

export interface Plan {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** Seconds of one turn; each contender warms up for as long before the first round. */
  readonly seconds: number;
}

export const measureInterleaved = async ({ contenders, rounds, seconds }: Plan): Promise<readonly Measured[]> => {
  for (const contender of contenders) await contender.run(seconds);
  const turns = contenders.map((contender) => ({ contender, done: [] as Turn[] }));
  for (let round = 0; round < rounds; round += 1) {
    // Every other round backwards, so that nobody always follows the same contender.
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) turn.done.push(await turn.contender.run(seconds));
  }
  return turns.map(({ contender, done }) => summarise(contender.name, done));
};
