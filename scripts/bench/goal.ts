/** What a bench is to reach, as a ratio to the first of what it measured. A bench may declare goals beside its name. */
import type { Bench, Measured } from './bench.ts';

export type Goal = {
  /** Whom of the measured it is about. */
  readonly contender: string;
} & (
  | {
      /** `perSecond`: at least `ratio` times the first's rate. `cpuMs`: at most `ratio` times its CPU time an operation. */
      readonly measure: 'perSecond' | 'cpuMs';
      readonly ratio: number;
    }
  /** At most so many cores, whoever else was measured. */
  | { readonly measure: 'cores'; readonly most: number }
  /** At most so many CPU milliseconds an operation, whoever else was measured. */
  | { readonly measure: 'cpuMsEach'; readonly most: number }
);

export interface BenchWithGoals extends Bench {
  readonly goals?: readonly Goal[];
}

export interface Compared extends Measured {
  /** Rate and CPU time an operation, divided by those of the first. */
  readonly rateRatio: number;
  readonly cpuRatio: number;
  readonly goal?: { readonly text: string; readonly reached: boolean };
}

export function compare(measured: readonly Measured[], goals: readonly Goal[] = []): Compared[] {
  const [first] = measured;
  if (first === undefined) return [];
  return measured.map((one) => {
    const ratios = { rateRatio: one.perSecond / first.perSecond, cpuRatio: one.cpuMs / first.cpuMs };
    const compared = { ...one, ...ratios };
    const goal = goals.find(({ contender }) => contender === one.name);
    return goal === undefined ? compared : { ...compared, goal: judge(goal, compared) };
  });
}

function judge(goal: Goal, { rateRatio, cpuRatio, cores, cpuMs }: Compared): NonNullable<Compared['goal']> {
  switch (goal.measure) {
    case 'perSecond':
      return { text: `rate >= ${goal.ratio}`, reached: rateRatio >= goal.ratio };
    case 'cpuMs':
      return { text: `CPU <= ${goal.ratio}`, reached: cpuRatio <= goal.ratio };
    case 'cores':
      return { text: `cores <= ${goal.most}`, reached: cores <= goal.most };
    case 'cpuMsEach':
      return { text: `CPU ms <= ${goal.most}`, reached: cpuMs <= goal.most };
  }
}
