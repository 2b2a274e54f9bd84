/** What a person is told of a run that broke an invariant: what broke, what happened last, and how to see it again. */
import type { RunResult } from './simulate.ts';

export function reportOf({ seed, violation, last }: RunResult, steps: number): string {
  return [
    `seed ${seed} broke an invariant: ${violation?.message ?? '-'}`,
    'what happened last:',
    ...last.map((line) => `  ${line}`),
    `again: npm run proof -- --seed ${seed} --steps ${steps}`,
  ].join('\n');
}
