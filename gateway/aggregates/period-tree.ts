/**
 * Periods whose counts do not add up: who gave in March and in May is one donor of the year. Such a count is between the largest of
 * its parts and their sum all the same, which is how far one that is not shown can be narrowed down by those that are.
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

/** The counts of one area and class by period, and which of them are shown. */
export interface Line {
  readonly count: (period: number) => number;
  readonly isShown: (period: number) => boolean;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** The most a count can be, by itself or by its parts. */
function mostOf({ parts }: PeriodTree, { count, isShown }: Line, at: number): number {
  if (isShown(at)) return count(at);
  const made = parts[at] ?? [];
  return made.length === 0
    ? Infinity
    : sumOf(made.map((part) => mostOf({ parts, wholes: [] }, { count, isShown }, part)));
}

/** Every period that is part of one, however deep. */
export const within = (tree: PeriodTree, at: number): number[] =>
  (tree.parts[at] ?? []).flatMap((part) => [part, ...within(tree, part)]);

/** The range that is left for a count that is not shown. */
export function widthOf(tree: PeriodTree, line: Line, at: number): number {
  const { count, isShown } = line;
  const wholes = tree.wholes[at] ?? [];
  let most = mostOf(tree, line, at);
  let least = Math.max(0, ...within(tree, at).filter(isShown).map(count));
  let besides = 0;
  let below = at;
  for (const whole of wholes) {
    const others = (tree.parts[whole] ?? []).filter((part) => part !== below);
    besides += sumOf(others.map((part) => mostOf(tree, line, part)));
    if (isShown(whole)) {
      most = Math.min(most, count(whole));
      least = Math.max(least, count(whole) - besides);
    }
    below = whole;
  }
  return most - least;
}
