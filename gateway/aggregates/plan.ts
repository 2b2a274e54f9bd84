/** From a question to what it takes to answer it: which spans, areas, periods and classes. Or why it cannot be asked. */
import { AggregateInput } from '#schema/aggregates.ts';
import type { MeasureDefinition } from '#schema/aggregate-table.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Sentence } from '#schema/codes.ts';
import { measures } from '#schema/measures.ts';
import type { Period } from '#schema/periods.ts';

import { refuse } from './answers.ts';
import type { Refusal } from './answers.ts';
import type { Area, Place } from './axes.ts';
import { definitionOf } from './definitions.ts';
import { isClosed, periodsIn, spanOf } from './span.ts';
import type { Span } from './span.ts';

/** More are no table any more. */
export const mostFigures = 50_000;

/** A span, and the periods of it that are asked for, with their totals. */
export interface SpanRows {
  readonly span: Span;
  readonly periods: readonly Period[];
}

export interface Plan {
  readonly asked: AggregateInput;
  readonly measure: MeasureDefinition;
  /** In the order of the answer. */
  readonly areas: readonly Area[];
  readonly spans: readonly SpanRows[];
  /** The parts before the class of the measure. */
  readonly classes: readonly string[];
}

export interface PlanOptions {
  /** Every station figures may be about. */
  readonly places: readonly Place[];
  readonly closedUntil: CivilDate;
}

const listed = (names: readonly string[]): string => names.join(', ');

function tooFine({ area, period, split }: AggregateInput, measure: MeasureDefinition): Refusal | undefined {
  const { areas, periods, classes, nameZh, nameEn, of } = measure;
  const isShown = areas.includes(area) && periods.includes(period) && (!split || classes.length > 0);
  if (isShown) return undefined;
  const instead: Sentence = {
    zh: `${nameZh}可查询：area ${listed(areas)}；period ${listed(periods)}；split ${classes.length > 0 ? 'true, false' : 'false'}。`,
    en: `${nameEn} (${of}) may be asked with area ${listed(areas)}; period ${listed(periods)}; split ${classes.length > 0 ? 'true or false' : 'false'}.`,
  };
  return refuse('AGGREGATE_TOO_FINE', instead);
}

/** The areas that are asked for, each total after what it is the sum of. */
function areasOf({ area, province, kind }: AggregateInput, places: readonly Place[]): Area[] {
  const of = kind === undefined ? {} : { kind };
  const stationsIn = (code: Place['province']): Area[] =>
    area === 'STATION' ? places.flatMap((place) => (place.province === code ? [{ station: place.station }] : [])) : [];
  const codes = [...new Set(places.map((place) => place.province))].toSorted();
  const provinces = area === 'REGION' && province === undefined ? [] : codes;
  const rows = provinces.flatMap((code): Area[] => [...stationsIn(code), { province: code, ...of }]);
  return province === undefined ? [...rows, of] : rows;
}

/** The periods that are asked for, by span, and after those within a year the year. */
function spansOf({ measure, period, from, to }: AggregateInput): SpanRows[] {
  const { family } = measures[measure];
  const years = Array.from({ length: to - from + 1 }, (_, more) => from + more);
  const spans = new Map<string, { span: Span; periods: Period[] }>();
  for (const year of years) {
    const span = spanOf(family, year);
    const rows = spans.get(span.period) ?? { span, periods: [] };
    spans.set(span.period, rows);
    if (period === 'BLOCK') rows.periods = [span.period];
    else {
      const whole = String(year) as Period;
      rows.periods.push(...periodsIn(whole, period), ...(period === 'YEAR' ? [] : [whole]));
    }
  }
  return [...spans.values()];
}

const classesOf = ({ split }: AggregateInput, { classes, of }: MeasureDefinition): string[] => [
  ...(split ? classes.map(({ code }) => code) : []),
  of,
];

/** Whether a station is in what is asked for. */
export const isAbout = ({ province, kind }: AggregateInput, place: Place): boolean =>
  place.province === (province ?? place.province) && place.kind === (kind ?? place.kind);

function notClosed(closedUntil: CivilDate): Refusal {
  return refuse('AGGREGATE_NOT_CLOSED', {
    zh: `目前已结账至${closedUntil}之前。`,
    en: `They are closed until before ${closedUntil}.`,
  });
}

/** Input as GraphQL leaves it: what is null is left out. */
export function readInput(sent: unknown) {
  if (typeof sent !== 'object' || sent === null) return AggregateInput.safeParse(sent);
  const said = Object.entries(sent).filter(([, value]) => value !== null && value !== undefined);
  return AggregateInput.safeParse(Object.fromEntries(said));
}

export function planOf(sent: unknown, { places: all, closedUntil }: PlanOptions): Plan | Refusal {
  const parsed = readInput(sent);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const why = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
    return refuse('BAD_INPUT', { zh: why, en: why });
  }
  const asked = parsed.data;
  const measure = definitionOf(asked.measure);
  const refused = tooFine(asked, measure);
  if (refused !== undefined) return refused;
  const places = all.filter((place) => isAbout(asked, place));
  if (places.length === 0) return refuse('AGGREGATE_AREA_UNKNOWN');
  const [areas, spans, classes] = [areasOf(asked, places), spansOf(asked), classesOf(asked, measure)];
  const periods = spans.flatMap((rows) => rows.periods);
  if (!periods.some((period) => isClosed(period, closedUntil))) return notClosed(closedUntil);
  if (areas.length * periods.length * classes.length > mostFigures) return refuse('AGGREGATE_TOO_LARGE');
  return { asked, measure, areas, spans, classes };
}
