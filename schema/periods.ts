/**
 * The periods figures are given for: civil months, quarters and years of Asia/Shanghai, and blocks of five years. They form one
 * lattice, and nobody can ask for another span: two spans that differ by a day would tell who came on that day.
 */
import { z } from 'zod';

import type { CivilDate } from './calendar.ts';

/** From the finest to the coarsest. A block is five years that end with one divisible by five: 2021 to 2025. */
export const PeriodLevel = z.enum(['MONTH', 'QUARTER', 'YEAR', 'BLOCK']);
export type PeriodLevel = z.infer<typeof PeriodLevel>;

/** The years figures may be about. */
export const CountYear = z.int().min(1990).max(2199);
export type CountYear = z.infer<typeof CountYear>;

/** The first day figures may be about. */
export const firstCountDay = '1990-01-01' as CivilDate;

const forms: Readonly<Record<PeriodLevel, RegExp>> = {
  MONTH: /^\d{4}-(0[1-9]|1[0-2])$/,
  QUARTER: /^\d{4}-Q[1-4]$/,
  YEAR: /^\d{4}$/,
  BLOCK: /^\d{4}\/\d{4}$/,
};

const isBlock = (text: string): boolean =>
  Number(text.slice(0, 4)) % 5 === 1 && Number(text.slice(5)) - Number(text.slice(0, 4)) === 4;

/** A period as text: `2026-07`, `2026-Q3`, `2026`, `2021/2025`. Texts of one level order as the periods do. */
export const Period = z
  .string()
  .refine(
    (text) =>
      (Object.keys(forms) as PeriodLevel[]).some((level) => forms[level].test(text)) &&
      (!forms.BLOCK.test(text) || isBlock(text)),
    'a period is 2026-07, 2026-Q3, 2026 or 2021/2025',
  )
  .brand<'Period'>();
export type Period = z.infer<typeof Period>;

/** How coarse a period is. */
export function levelOf(period: Period): PeriodLevel {
  if (forms.MONTH.test(period)) return 'MONTH';
  if (forms.QUARTER.test(period)) return 'QUARTER';
  return forms.YEAR.test(period) ? 'YEAR' : 'BLOCK';
}

/** The period of a level that a day lies in. */
export function periodOf(day: CivilDate, level: PeriodLevel): Period {
  const year = day.slice(0, 4);
  const month = Number(day.slice(5, 7));
  switch (level) {
    case 'MONTH':
      return `${year}-${day.slice(5, 7)}` as Period;
    case 'QUARTER':
      return `${year}-Q${Math.ceil(month / 3)}` as Period;
    case 'YEAR':
      return year as Period;
    case 'BLOCK': {
      const first = Math.floor((Number(year) - 1) / 5) * 5 + 1;
      return `${first}/${first + 4}` as Period;
    }
  }
}

/** The first day of a period. */
export function firstDayOf(period: Period): CivilDate {
  const year = period.slice(0, 4);
  const month =
    levelOf(period) === 'MONTH'
      ? period.slice(5, 7)
      : levelOf(period) === 'QUARTER'
        ? String(Number(period.slice(6)) * 3 - 2).padStart(2, '0')
        : '01';
  return `${year}-${month}-01` as CivilDate;
}

/** The first day after a period. */
export function firstDayAfter(period: Period): CivilDate {
  const months = { MONTH: 1, QUARTER: 3, YEAR: 12, BLOCK: 60 }[levelOf(period)];
  const first = firstDayOf(period);
  const at = Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) - 1 + months;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01` as CivilDate;
}
