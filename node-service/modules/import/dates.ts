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
function findTimeOfDay(hours = '', minutes = '', seconds = '0', fraction = ''): number | undefined {
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Number(fraction.padEnd(3, '0'));
}

function findIsoMoment(text: string): Date | undefined {
  const [, day = '', hours, minutes, seconds, fraction, sign, offsetHours = '0', offsetMinutes = '0'] =
    isoMoment.exec(text) ?? [];
  const time = findTimeOfDay(hours, minutes, seconds, fraction);
  const offset = Number(offsetHours) * 60 + Number(offsetMinutes);
  if (findCivilDate(day) === undefined || time === undefined || offset > 18 * 60) return undefined;
  return new Date(Date.parse(day) + time - (sign === '-' ? -offset : offset) * 60_000);
}

function findSlashedDay(text: string): CivilDate | undefined {
  const [, year = '', month = '', day = ''] = slashedDay.exec(text) ?? [];
  return findCivilDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

function findSlashedMoment(text: string): Date | undefined {
  const [, date = '', hours, minutes, seconds] = slashedMoment.exec(text) ?? [];
  const day = findSlashedDay(date);
  const time = findTimeOfDay(hours, minutes, seconds);
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
