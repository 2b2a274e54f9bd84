/** Bars: a station says "refer this donor", without saying why. */
import type { CivilDate } from '#schema/calendar.ts';
import type { BarFact } from '#schema/facts.ts';

/** A span of days: from `since` up to, and without, `until`; open when `until` is null. */
export interface Span {
  readonly since: CivilDate;
  readonly until: CivilDate | null;
}

/** Whether a span holds on a day. */
export function holdsOn(span: Span, day: CivilDate): boolean {
  return span.since <= day && (span.until === null || day < span.until);
}

/** Whether any bar is in force on a day. */
export function isBarred(bars: readonly BarFact[], day: CivilDate): boolean {
  return bars.some((bar) => holdsOn(bar, day));
}
