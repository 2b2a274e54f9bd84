/**
 * What a regulator asks for and is shown. An area, a period and a class are each a node of a fixed lattice; nothing else can be
 * asked for, so that no two answers differ by a few people.
 */
import { z } from 'zod';

import { CountFamily } from './count-families.ts';
import { Measure } from './measures.ts';
import { CountYear, Period, PeriodLevel } from './periods.ts';
import type { StationCode } from './ids.ts';
import { ProvinceCode } from './ids.ts';
import { StationKind } from './procedures.ts';

/** How areas are told apart, from the coarsest: the whole region, provinces, stations. */
export const AreaLevel = z.enum(['REGION', 'PROVINCE', 'STATION']);
export type AreaLevel = z.infer<typeof AreaLevel>;

/** Years asked for at once. */
export const mostYears = 20;

/** A question. Totals over everything asked for come with it. */
export const AggregateInput = z
  .strictObject({
    measure: Measure,
    /** Into which areas figures are split. */
    area: AreaLevel,
    /** Only this province; all when left out. */
    province: ProvinceCode.optional(),
    /** Only this kind of station; both together when left out. */
    kind: StationKind.optional(),
    /** Into which periods figures are split. */
    period: PeriodLevel,
    /** The first and the last year. */
    from: CountYear,
    to: CountYear,
    /** Whether the measure is split into its classes, where it has some. */
    split: z.boolean(),
  })
  .refine(
    ({ from, to }) => from <= to && to - from < mostYears,
    `from one year to the next ${mostYears}, in their order`,
  );
export type AggregateInput = z.infer<typeof AggregateInput>;

/**
 * How a figure stands. `SHOWN`: exact. `SUPPRESSED`: so few people, or one station so large, or needed so that another
 * suppressed figure cannot be computed. `PARTIAL`: without the stations that are missing: it can only be more. `MISSING`: nothing
 * of it was heard. `OPEN`: the period is not closed yet.
 */
export const FigureState = z.enum(['SHOWN', 'SUPPRESSED', 'PARTIAL', 'MISSING', 'OPEN']);
export type FigureState = z.infer<typeof FigureState>;

/** One figure. */
export interface Figure {
  /** Null for the whole region. */
  readonly province: ProvinceCode | null;
  /** Null for a province or the region. */
  readonly station: StationCode | null;
  readonly period: Period;
  /** The class; that of the measure for the total over its parts. */
  readonly class: string;
  readonly state: FigureState;
  /** Null unless `SHOWN` or `PARTIAL`. */
  readonly count: number | null;
  /** Of the total of the period over all areas and classes asked for, in per cent to one decimal; null unless both are shown. */
  readonly percent: number | null;
}

/** What one station counted in one family and year, of months (and what they make up) whose books are closed. */
export const StationCounts = z.object({
  /** The first day that is not closed yet: what lies before it will not change any more. */
  closedUntil: z.iso.date(),
  /** The counts other than 0, each of a finest period and a counted class; of families that do not add up, of longer periods too. */
  counts: z.array(z.object({ period: Period, class: z.string().max(40), count: z.int().min(1) })).max(2_000),
});
export type StationCounts = z.infer<typeof StationCounts>;

/** Which counts a station is asked for. */
export const CountsInput = z.strictObject({ family: CountFamily, year: CountYear });
export type CountsInput = z.infer<typeof CountsInput>;
