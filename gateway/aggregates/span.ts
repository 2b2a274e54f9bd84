/**
 * What one table of counts is about: a family and a year, or five years where a year is the finest period. And how much of it is
 * closed.
 */
import { addInterval } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { countFamilies } from '#schema/count-families.ts';
import type { CountFamily, CountFamilyShape } from '#schema/count-families.ts';
import { firstDayAfter, firstDayOf, periodOf } from '#schema/periods.ts';
import type { Period, PeriodLevel } from '#schema/periods.ts';

import { periodsOf } from './definitions.ts';

export interface Span {
  readonly family: CountFamily;
  readonly shape: CountFamilyShape;
  /** The year or the block. */
  readonly period: Period;
  /** The years stations are asked for. */
  readonly years: readonly number[];
}

/** The span of a family that a year lies in. */
export function spanOf(family: CountFamily, year: number): Span {
  const shape: CountFamilyShape = countFamilies[family];
  const isBlock = shape.period === 'YEAR';
  const period = periodOf(`${year}-01-01` as CivilDate, isBlock ? 'BLOCK' : 'YEAR');
  const first = Number(period.slice(0, 4));
  return { family, shape, period, years: isBlock ? [0, 1, 2, 3, 4].map((more) => first + more) : [year] };
}

/** The periods of a level that make up another. */
export function periodsIn(whole: Period, level: PeriodLevel): Period[] {
  const end = firstDayAfter(whole);
  const found: Period[] = [];
  for (let day = firstDayOf(whole); day < end;) {
    const period = periodOf(day, level);
    found.push(period);
    day = firstDayAfter(period);
  }
  return found;
}

/** Every period of a span that figures are given for, the finest first. */
export const shownPeriods = ({ shape, period }: Span): Period[] =>
  periodsOf(shape).flatMap((level) => periodsIn(period, level));

/** The periods stations count for themselves: the finest, and all where the counts of longer ones are no sums. */
export const countedPeriods = (span: Span): Period[] =>
  span.shape.adds ? periodsIn(span.period, span.shape.period) : shownPeriods(span);

/**
 * The first day that is not closed in the federation. Stations close a month `closingDays` after its end; here a day more has to
 * pass, so that nobody is missed who is just about to.
 */
export function horizonOf(today: CivilDate, closingDays: number): CivilDate {
  const day = addInterval(today, { value: -closingDays - 1, unit: 'day' });
  return firstDayOf(periodOf(day, 'MONTH'));
}

/** Whether the books of a period are closed when all before a day are. */
export const isClosed = (period: Period, closedUntil: CivilDate): boolean => firstDayAfter(period) <= closedUntil;
