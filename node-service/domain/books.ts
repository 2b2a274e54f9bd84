/** When the books of a month are closed: figures are of closed months only, so that none of them ever changes. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { firstDayOf, periodOf } from '#schema/periods.ts';

const aDay = 86_400_000;

export interface Closing {
  /** The time, in milliseconds. */
  readonly now: number;
  /** Since when the station has all it was to begin with: no month is closed sooner after that than after its end. */
  readonly readyAt: number;
  /** How many days after its end a month is closed, by the federation's policy. */
  readonly closingDays: number;
}

/** The first day that is not to be closed yet, the first of a month; null while nothing is. */
export function closingDay({ now, readyAt, closingDays }: Closing): CivilDate | null {
  const over = now - closingDays * aDay;
  return over < readyAt ? null : firstDayOf(periodOf(civilDateOf(new Date(over)), 'MONTH'));
}
