/** What a bench is to reach, as a ratio to the first of what it measured. A bench may declare goals beside its name. */
import type { Bench, Measured } from './bench.ts';

export interface Goal {
  /** Whom of the measured it is about. */
  readonly contender: string;
  /** `perSecond`: at least `ratio` times the first's rate. `cpuMs`: at most `ratio` times its CPU time an operation. */
  readonly measure: 'perSecond' | 'cpuMs';
  readonly ratio: number;
}

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
    const rateRatio = one.perSecond / first.perSecond;
    const cpuRatio = one.cpuMs / first.cpuMs;
    const goal = goals.find(({ contender }) => contender === one.name);
    return { ...one, rateRatio, cpuRatio, ...(goal !== undefined && { goal: judge(goal, rateRatio, cpuRatio) }) };
  });
}

function judge({ measure, ratio }: Goal, rateRatio: number, cpuRatio: number) {
  return measure === 'perSecond'
    ? { text: `rate >= ${ratio}`, reached: rateRatio >= ratio }
    : { text: `CPU <= ${ratio}`, reached: cpuRatio <= ratio };
}
