/**
 * Periods whose counts do not add up: who gave in March and in May is one donor of the year. Such a count is between the largest of
 * its parts and their sum all the same.
 */
import { firstDayAfter, firstDayOf, levelOf, PeriodLevel } from '#schema/periods.ts';
import type { Period } from '#schema/periods.ts';

/** Of each period by its node: those it is made of, and those it is a part of, the nearest first. */
export interface PeriodTree {
  readonly parts: readonly (readonly number[])[];
  readonly wholes: readonly (readonly number[])[];
}

export function periodTree(periods: readonly Period[]): PeriodTree {
  const holds = (outer: Period, inner: Period): boolean =>
    outer !== inner && firstDayOf(outer) <= firstDayOf(inner) && firstDayAfter(inner) <= firstDayAfter(outer);
  const wholes = periods.map((inner) =>
    periods
      .flatMap((outer, at) => (holds(outer, inner) ? [{ at, level: PeriodLevel.options.indexOf(levelOf(outer)) }] : []))
      .toSorted((one, other) => one.level - other.level)
      .map(({ at }) => at),
  );
  return { wholes, parts: periods.map((_, at) => wholes.flatMap(([nearest], part) => (nearest === at ? [part] : []))) };
}

/** Every period that is part of one, however deep. */
export const within = (tree: PeriodTree, at: number): number[] =>
  (tree.parts[at] ?? []).flatMap((part) => [part, ...within(tree, part)]);

/** Whether these can be the counts of one station: none below 0, and each whole between its largest part and their sum. */
export function canBe({ parts }: PeriodTree, counts: readonly number[]): boolean {
  return counts.every((whole, at) => {
    const made = (parts[at] ?? []).map((part) => counts[part] ?? 0);
    if (whole < 0) return false;
    return made.length === 0 || (whole >= Math.max(...made) && whole <= made.reduce((sum, part) => sum + part, 0));
  });
}
