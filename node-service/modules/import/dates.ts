/** The ways a station's system writes days and moments, and the moment or day each means. */
import { z } from 'zod';

import { findCivilDate, instantOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';

/**
 * `iso`: `2026-03-01`, and `2026-03-01T09:05:00+08:00` (seconds may be left out, the offset may not);
 * `slashes`: `2026/3/1`, and `2026/3/1 9:05` in local time (seconds may follow).
 */
export const DateForm = z.enum(['iso', 'slashes']);
export type DateForm = z.infer<typeof DateForm>;

const isoMoment = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const slashedDay = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/;
const slashedMoment = /^(\d{4}\/\d{1,2}\/\d{1,2}) (\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** Milliseconds since the day began, or undefined when no clock shows this. */
function findTimeOfDay(hours: number, minutes: number, seconds: number): number | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

// Long files come through here: groups are read by index, which costs a third of destructuring with defaults.
const numberIn = (match: RegExpExecArray, group: number) => Number(match[group] ?? 0);

function findIsoMoment(text: string): Date | undefined {
  const match = isoMoment.exec(text);
  if (match === null) return undefined;
  const day = match[1] ?? '';
  const time = findTimeOfDay(numberIn(match, 2), numberIn(match, 3), numberIn(match, 4));
  const offset = numberIn(match, 7) * 60 + numberIn(match, 8);
  if (findCivilDate(day) === undefined || time === undefined || offset > 18 * 60) return undefined;
  const milliseconds = match[5] === undefined ? 0 : Number(match[5].padEnd(3, '0'));
  return new Date(Date.parse(day) + time + milliseconds - (match[6] === '-' ? -offset : offset) * 60_000);
}

function findSlashedDay(text: string): CivilDate | undefined {
  const match = slashedDay.exec(text);
  if (match === null) return undefined;
  return findCivilDate(`${match[1] ?? ''}-${(match[2] ?? '').padStart(2, '0')}-${(match[3] ?? '').padStart(2, '0')}`);
}

function findSlashedMoment(text: string): Date | undefined {
  const match = slashedMoment.exec(text);
  if (match === null) return undefined;
  const day = findSlashedDay(match[1] ?? '');
  const time = findTimeOfDay(numberIn(match, 2), numberIn(match, 3), numberIn(match, 4));
  return day === undefined || time === undefined ? undefined : instantOf(day, time);
}

const dayReaders = { iso: findCivilDate, slashes: findSlashedDay } as const;
const momentReaders = { iso: findIsoMoment, slashes: findSlashedMoment } as const;

function firstOf<Value>(forms: readonly DateForm[], read: (form: DateForm) => Value | undefined): Value | undefined {
  for (const form of forms) {
    const value = read(form);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The day a text names in the first of these forms it fits, or undefined when there is no such day. */
export function findDay(text: string, forms: readonly DateForm[]): CivilDate | undefined {
  return firstOf(forms, (form) => dayReaders[form](text));
}

/** The moment a text names in the first of these forms it fits, or undefined when there is no such moment. */
export function findMoment(text: string, forms: readonly DateForm[]): Date | undefined {
  return firstOf(forms, (form) => momentReaders[form](text));
}
