/** A table of figures as it travels: what a regulator is answered, and what pages, terminals and files are made of. */
import { z } from 'zod';

import { AreaLevel, FigureState } from './aggregates.ts';
import { CivilDate } from './calendar.ts';
import { ProvinceCode, StationCode } from './ids.ts';
import { Measure } from './measures.ts';
import { Period, PeriodLevel } from './periods.ts';
import { StationKind } from './procedures.ts';

/** A class a measure is split into. */
export const MeasureClass = z.object({
  code: z.string(),
  /** The class it is a part of. */
  parent: z.string(),
  nameZh: z.string(),
  nameEn: z.string(),
});
export type MeasureClass = z.infer<typeof MeasureClass>;

/** A measure as regulators read it. */
export const MeasureDefinition = z.object({
  code: Measure,
  nameZh: z.string(),
  nameEn: z.string(),
  definitionZh: z.string(),
  definitionEn: z.string(),
  /** From the coarsest to the finest. */
  areas: z.array(AreaLevel),
  /** From the finest to the coarsest. */
  periods: z.array(PeriodLevel),
  /** Whether the figure of a longer period is the sum over its parts. */
  adds: z.boolean(),
  threshold: z.int(),
  dominance: z.number().nullable(),
  /** The class it counts. */
  of: z.string(),
  /** Each after the class it is a part of; empty when it is not split. */
  classes: z.array(MeasureClass),
});
export type MeasureDefinition = z.infer<typeof MeasureDefinition>;

/** A question as it was asked. */
export const AggregateQuestion = z.object({
  measure: Measure,
  area: AreaLevel,
  province: ProvinceCode.nullable(),
  kind: StationKind.nullable(),
  period: PeriodLevel,
  from: z.int(),
  to: z.int(),
  split: z.boolean(),
});
export type AggregateQuestion = z.infer<typeof AggregateQuestion>;

/** One figure; see `aggregates.ts`. */
export const ShownFigure = z.object({
  province: ProvinceCode.nullable(),
  station: StationCode.nullable(),
  period: Period,
  class: z.string(),
  state: FigureState,
  count: z.number().nullable(),
  percent: z.number().nullable(),
});

/** A station's part in a table. */
export const StationPart = z.object({
  station: StationCode,
  province: ProvinceCode,
  nameZh: z.string(),
  nameEn: z.string(),
  /** Whether its counts are in for every closed period asked about. */
  heard: z.boolean(),
  /** The code of the fault that kept it from answering; null when it was heard. */
  fault: z.string().nullable(),
  /** The first day whose month it has not closed, as it said last. */
  closedUntil: CivilDate.nullable(),
  heardAt: z.iso.datetime().nullable(),
});
export type StationPart = z.infer<typeof StationPart>;

/** Figures by area, then period, then class; totals after what they are the sum of. */
export const AggregateTable = z.object({
  measure: MeasureDefinition,
  asked: AggregateQuestion,
  figures: z.array(ShownFigure),
  /** Every station the figures are about, heard or not, in the order of the codes. */
  stations: z.array(StationPart),
  /** Whether all were heard for every closed period asked about. */
  complete: z.boolean(),
  /** How many of the figures are suppressed. */
  suppressed: z.int(),
  /** The first day whose month is not closed. */
  closedUntil: CivilDate,
  madeAt: z.iso.datetime(),
});
export type AggregateTable = z.infer<typeof AggregateTable>;
