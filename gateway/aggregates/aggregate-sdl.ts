/** What regulators can ask the gateway for, in SDL. What is declared in `schema/` is named from there. */
import { AreaLevel, FigureState } from '#schema/aggregates.ts';
import { refusals } from '#schema/codes.ts';
import { Measure, measures } from '#schema/measures.ts';
import { PeriodLevel } from '#schema/periods.ts';

/** The values of an enumeration, each with what it means. */
function valuesOf<Value extends string>(values: readonly Value[], described: Readonly<Record<Value, string>>): string {
  return values.map((value) => `${JSON.stringify(described[value])}\n${value}`).join('\n');
}

const areaLevels: Readonly<Record<AreaLevel, string>> = {
  REGION: 'The whole region.',
  PROVINCE: 'Each province.',
  STATION: 'Each station.',
};
const periodLevels: Readonly<Record<PeriodLevel, string>> = {
  MONTH: 'Each month: `2026-07`.',
  QUARTER: 'Each quarter: `2026-Q3`.',
  YEAR: 'Each year: `2026`.',
  BLOCK: 'Five years that end with one divisible by five: `2021/2025`.',
};
const figureStates: Readonly<Record<FigureState, string>> = {
  SHOWN: 'Exact.',
  SUPPRESSED:
    'Not shown: so few, or nearly all of one station, or needed so that another suppressed figure cannot be computed.',
  PARTIAL: 'Without the stations that are missing: it can only be more.',
  MISSING: 'Nothing of it was heard.',
  OPEN: 'The books of the period are not closed yet.',
};
const measureDefinitions = Object.fromEntries(
  Measure.options.map((code) => [code, measures[code].definitionEn]),
) as Record<Measure, string>;
const refusalCodes = Object.keys(refusals) as (keyof typeof refusals)[];
const refusalSentences = Object.fromEntries(refusalCodes.map((code) => [code, refusals[code].en])) as Record<
  keyof typeof refusals,
  string
>;

export const aggregateTypeDefs = /* GraphQL */ `
  type Query {
    "The measures there are, each with its definition: what counts, from which records, and how finely it is shown."
    measures: [MeasureDefinition!]!
    "Figures of one measure over areas, periods and classes, with the totals over what is asked. For regulators only. Figures of closed books do not change any more."
    aggregate("What is asked." input: AggregateInput!): AggregateResult!
  }

  "Figures, or why there are none."
  union AggregateResult = AggregateTable | Refused

  "A question for figures. Areas and periods are the nodes of a fixed lattice; nothing between them can be asked for."
  input AggregateInput {
    "The measure."
    measure: Measure!
    "Into which areas figures are split."
    area: AreaLevel!
    "Only this province; all when left out."
    province: ProvinceCode
    "Only this kind of station; both together when left out."
    kind: StationKind
    "Into which periods figures are split."
    period: PeriodLevel!
    "The first year."
    from: Int!
    "The last year, at most 19 later."
    to: Int!
    "Whether the measure is split into its classes."
    split: Boolean! = false
  }

  "A table of figures."
  type AggregateTable {
    "What was measured."
    measure: MeasureDefinition!
    "What was asked."
    asked: AggregateQuestion!
    "The figures, by area, then period, then class; totals after what they are the sum of."
    figures: [Figure!]!
    "The stations the figures are about, whether or not they were heard, in the order of their codes."
    stations: [StationPart!]!
    "Whether every station was heard for every closed period that was asked about."
    complete: Boolean!
    "How many of the figures are suppressed."
    suppressed: Int!
    "The first day whose month is not closed: what lies before it does not change any more."
    closedUntil: Date!
    "When the table was made."
    madeAt: DateTime!
  }

  "A question for figures, as it was asked."
  type AggregateQuestion {
    "The measure."
    measure: Measure!
    "Into which areas figures are split."
    area: AreaLevel!
    "Only this province; null for all."
    province: ProvinceCode
    "Only this kind of station; null for both together."
    kind: StationKind
    "Into which periods figures are split."
    period: PeriodLevel!
    "The first year."
    from: Int!
    "The last year."
    to: Int!
    "Whether the measure is split into its classes."
    split: Boolean!
  }

  "One figure: of an area, a period and a class."
  type Figure {
    "The province; null for the total over the provinces asked for."
    province: ProvinceCode
    "The station; null for the total of a province or over provinces."
    station: StationCode
    "The period; the year is the total of its months or quarters."
    period: Period!
    "The class; that of the measure is the total over its parts."
    class: String!
    "How it stands."
    state: FigureState!
    "How many; null unless the state is SHOWN or PARTIAL."
    count: Int
    "Of the total of the period over all areas and classes asked for, in per cent to one decimal; null unless both are SHOWN and the total is not 0."
    percent: Float
  }

  "A station's part in a table."
  type StationPart {
    "The station."
    station: StationCode!
    "Its province."
    province: ProvinceCode!
    "Its name, Chinese."
    nameZh: String!
    "Its name, English."
    nameEn: String!
    "Whether its counts are in the figures for every closed period that was asked about."
    heard: Boolean!
    "The code of the fault that kept it from answering; null when it was heard."
    fault: String
    "The first day whose month it has not closed, as it said last; null when it has said nothing. How fresh its figures are."
    closedUntil: Date
    "When its counts came in; null when they have not."
    heardAt: DateTime
  }

  "A measure: what counts, from which records, and how finely it is shown."
  type MeasureDefinition {
    "Its code."
    code: Measure!
    "Its name, Chinese."
    nameZh: String!
    "Its name, English."
    nameEn: String!
    "What counts, from which records, Chinese."
    definitionZh: String!
    "What counts, from which records, English."
    definitionEn: String!
    "The areas it is shown for, from the coarsest to the finest."
    areas: [AreaLevel!]!
    "The periods it is shown for, from the finest to the coarsest."
    periods: [PeriodLevel!]!
    "Whether the figure of a longer period is the sum over its parts."
    adds: Boolean!
    "Figures from 1 to below this are not shown."
    threshold: Int!
    "A sum of which one station makes up this share or more is not shown; null where stations are shown anyway."
    dominance: Float
    "The class it counts."
    of: String!
    "The classes it can be split into, each after the one it is a part of; empty when it has none."
    classes: [MeasureClass!]!
  }

  "A class a measure can be split into."
  type MeasureClass {
    "Its code."
    code: String!
    "The class it is a part of."
    parent: String!
    "Its name, Chinese."
    nameZh: String!
    "Its name, English."
    nameEn: String!
  }

  "The request was understood and a rule says no. Nothing has changed."
  type Refused {
    "Why."
    code: RefusalCode!
    "What happened and what may be asked instead, in English."
    message: String!
    "The same in Chinese."
    messageZh: String!
  }

  "Why a request was refused."
  enum RefusalCode {
    ${valuesOf(refusalCodes, refusalSentences)}
  }

  "What can be measured."
  enum Measure {
    ${valuesOf(Measure.options, measureDefinitions)}
  }

  "How areas are told apart, from the coarsest."
  enum AreaLevel {
    ${valuesOf(AreaLevel.options, areaLevels)}
  }

  "How long periods are, from the finest."
  enum PeriodLevel {
    ${valuesOf(PeriodLevel.options, periodLevels)}
  }

  "How a figure stands."
  enum FigureState {
    ${valuesOf(FigureState.options, figureStates)}
  }

  "A period: a month \`2026-07\`, a quarter \`2026-Q3\`, a year \`2026\`, five years \`2021/2025\`."
  scalar Period
`;
