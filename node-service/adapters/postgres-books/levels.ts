/** The periods each family is counted for at a station, as the statements take them. */
import { CountFamily, countFamilies } from '#schema/count-families.ts';
import type { PeriodLevel } from '#schema/periods.ts';

/** A length that stations count by: how PostgreSQL cuts and names it, as `Period` has it. A block of years is a sum at the gateway. */
const lengths = {
  MONTH: { unit: 'month', months: 1, format: 'YYYY-MM' },
  QUARTER: { unit: 'quarter', months: 3, format: 'YYYY"-Q"Q' },
  YEAR: { unit: 'year', months: 12, format: 'YYYY' },
} as const satisfies Partial<Record<PeriodLevel, object>>;

const levels = CountFamily.options.flatMap((family) => {
  const { period, adds } = countFamilies[family];
  const longer = adds ? [] : (['QUARTER', 'YEAR'] as const);
  return [period, ...longer].map((level) => ({ family, ...lengths[level] }));
});

/** `level(family, unit, months, format)`, in place of a table. */
export const levelTable = `(VALUES ${levels
  .map(({ family, unit, months, format }) => `('${family}', '${unit}', ${months}, '${format}')`)
  .join(', ')}) AS level(family, unit, months, format)`;

/** The period and its end of a day, of a row that has a `level`. */
export const periodOf = (day: string): string => `to_char(date_trunc(unit, ${day}::timestamp), format)`;
export const endOf = (day: string): string =>
  `(date_trunc(unit, ${day}::timestamp) + make_interval(months => months))::date`;
