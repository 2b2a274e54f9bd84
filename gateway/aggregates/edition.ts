/**
 * What may be shown of a span, decided once for all its cells. An edition is made of what stations have said so far and of what
 * was shown before, which stays shown; whoever asks for something, and in which order, changes nothing of it.
 *
 * Sums over stations that are not all known are shown for those that are, as cells of their own. When the others are heard later,
 * these cells are still shown, and what would give the others away together with them is not.
 */
import type { CivilDate } from '#schema/calendar.ts';
import { countedClasses } from '#schema/count-families.ts';
import { Fault } from '#schema/errors.ts';
import { firstDayAfter } from '#schema/periods.ts';
import type { Period } from '#schema/periods.ts';
import { offers, Procedure } from '#schema/procedures.ts';

import { areaNodes, classNodes, closedLeaves, periodNodes } from './axes.ts';
import type { Nodes, Place } from './axes.ts';
import { isSet, packBits } from './books.ts';
import type { Books, Shown } from './books.ts';
import { cellAt } from './count-table.ts';
import type { CountTable } from './count-table.ts';
import { decide } from './decide.ts';
import { knownCounts } from './known-counts.ts';
import type { Span } from './span.ts';
import { Standing } from './standing.ts';

export interface Edition {
  readonly span: Span;
  readonly places: readonly Place[];
  /** The first day that was not closed when it was made. */
  readonly closedUntil: CivilDate;
  readonly areas: Nodes;
  readonly periods: Nodes;
  readonly classes: Nodes;
  /** Of each closed period of the span, the stations it is not known of. */
  readonly unknown: readonly ReadonlySet<number>[];
  /** The count of a cell that is shown, by the places of its nodes; null when it is not. */
  count(area: number, period: number, of: number): number | null;
  /** Everything that has been shown, for the books. */
  readonly shown: Shown;
}

interface Draft {
  readonly span: Span;
  readonly places: readonly Place[];
  readonly areas: Nodes;
  readonly periods: Nodes;
  readonly classes: Nodes;
  readonly unknown: readonly ReadonlySet<number>[];
}

/** The stations of an area that something is known of in a period. */
export const knownIn = (leaves: readonly number[], unknown: ReadonlySet<number>): readonly number[] =>
  unknown.size === 0 ? leaves : leaves.filter((leaf) => !unknown.has(leaf));

function unknownOf({ nodes, leaves }: Nodes, places: readonly Place[], known: Uint8Array): ReadonlySet<number>[] {
  const isUnknown = (place: number, parts: readonly number[]): boolean =>
    parts.some((part) => known[place * leaves + part] === 0);
  return nodes.map((node) => new Set(places.flatMap((_, place) => (isUnknown(place, node.leaves) ? [place] : []))));
}

/** What everybody knows without asking: what a kind of station does not do. */
function isImpossible({ span, places }: Draft, area: readonly number[], classes: readonly string[]): boolean {
  const { family } = span;
  if (family === 'CROSS_DONATION_ATTEMPTS') return area.every((at) => places[at]?.kind === 'BLOOD');
  if (family !== 'DONATIONS') return false;
  const done = classes.flatMap((code) => Procedure.safeParse(code).data ?? []);
  return area.every((at) => done.every((procedure) => !offers(places[at]?.kind ?? 'BLOOD', procedure)));
}

/** The sums over those stations that are known, where not all are: nodes of their own. */
function addPartial({ areas, periods, unknown }: Draft): void {
  const whole = [...areas.nodes];
  for (const at of periods.nodes.keys()) {
    const missing = unknown[at] ?? new Set();
    if (missing.size === 0) continue;
    for (const { name, leaves } of whole) areas.add(`${name} without ${missing.size}`, knownIn(leaves, missing));
  }
}

/** The nodes of what was shown before, where they are now. */
function placesOfShown({ places, areas, periods, classes, span }: Draft, shown: Shown, closed: readonly string[]) {
  const stationAt = new Map(places.map(({ station }, at) => [station as string, at]));
  const periodAt = new Map(closed.map((period, at) => [period, at]));
  const classAt = new Map(countedClasses(span.shape.classes).map((code, at) => [code, at]));
  const add = (nodes: Nodes, at: ReadonlyMap<string, number>) => (names: readonly string[]) => {
    const leaves = names.flatMap((name) => at.get(name) ?? []).toSorted((one, other) => one - other);
    const place = leaves.length < names.length ? undefined : nodes.add('earlier', leaves);
    if (place === undefined) throw new Fault('INTERNAL', { cause: 'what was shown before is of something unknown' });
    return place;
  };
  return {
    areas: shown.areas.map(add(areas, stationAt)),
    periods: shown.periods.map(add(periods, periodAt)),
    classes: shown.classes.map(add(classes, classAt)),
  };
}

/** Marks what was shown before, and what was asked for and not shown: nobody may compute it later either. */
function fix(table: CountTable, standing: Uint8Array, shown: Shown, at: ReturnType<typeof placesOfShown>): void {
  const [bits, withheld] = [Buffer.from(shown.cells, 'base64'), Buffer.from(shown.withheld, 'base64')];
  let cell = 0;
  for (const area of at.areas) {
    for (const period of at.periods) {
      for (const of of at.classes) {
        const place = cellAt(table, area, period, of);
        if (isSet(bits, cell)) standing[place] = Standing.FIXED;
        else if (isSet(withheld, cell) && standing[place] === Standing.IGNORED) standing[place] = Standing.HIDDEN;
        cell += 1;
      }
    }
  }
}

/** What is to become of the cells of one area and period. */
function standingOf(draft: Draft, area: number, period: number): Standing {
  const { areas, unknown, span } = draft;
  const leaves = areas.nodes[area]?.leaves ?? [];
  if (span.shape.area === 'PROVINCE' && leaves.length === 1) return Standing.HIDDEN;
  const missing = unknown[period] ?? new Set();
  return leaves.some((leaf) => missing.has(leaf)) ? Standing.IGNORED : Standing.OPEN;
}

/** Which areas of this period anybody can ask for: the whole ones, and of them what is known. */
function askedAreas({ areas, unknown }: Draft, whole: number, period: number): ReadonlySet<number> {
  const missing = unknown[period] ?? new Set();
  const asked = new Set<number>();
  for (const { leaves } of areas.nodes.slice(0, whole)) {
    const found = areas.findLeaves(knownIn(leaves, missing));
    if (found !== undefined) asked.add(found);
  }
  return asked;
}

function standings(draft: Draft, table: CountTable, whole: number): Uint8Array {
  const { areas, periods, classes, span } = draft;
  const codes = countedClasses(span.shape.classes);
  const standing = new Uint8Array(areas.nodes.length * periods.nodes.length * classes.nodes.length);
  const classLeaves = classes.nodes.map(({ leaves }) => leaves.flatMap((leaf) => codes[leaf] ?? []));
  for (const period of periods.nodes.keys()) {
    const asked = askedAreas(draft, whole, period);
    for (const [area, { leaves }] of areas.nodes.entries()) {
      const usual = standingOf(draft, area, period);
      const of = usual === Standing.OPEN && !asked.has(area) ? Standing.IGNORED : usual;
      for (const [at, names] of classLeaves.entries()) {
        const isKnownAnyway = usual !== Standing.HIDDEN && isImpossible(draft, leaves, names);
        standing[cellAt(table, area, period, at)] = isKnownAnyway ? Standing.FIXED : of;
      }
    }
  }
  return standing;
}

/** What is withheld is what could have been asked for. */
const withheldOf = (standing: Uint8Array, cells: Uint8Array): Uint8Array =>
  standing.map((of, cell) => (of !== Standing.IGNORED && cells[cell] !== 1 ? 1 : 0));

/** Areas nobody could ask for are no part of it. */
function shownOf(draft: Draft, closed: readonly Period[], cells: Uint8Array, standing: Uint8Array): Shown {
  const { places, areas, periods, classes, span } = draft;
  const codes = countedClasses(span.shape.classes);
  const width = periods.nodes.length * classes.nodes.length;
  const withheld = withheldOf(standing, cells);
  const isIn = (bits: Uint8Array, at: number): boolean => bits.subarray(at * width, (at + 1) * width).includes(1);
  const seen = areas.nodes.flatMap(({ leaves }, at) => (isIn(cells, at) || isIn(withheld, at) ? [{ leaves, at }] : []));
  const pack = (bits: Uint8Array): string =>
    packBits(Uint8Array.from(seen.flatMap(({ at }) => [...bits.subarray(at * width, (at + 1) * width)])));
  return {
    areas: seen.map(({ leaves }) => leaves.flatMap((leaf) => places[leaf]?.station ?? [])),
    periods: periods.nodes.map(({ leaves }) => leaves.flatMap((leaf) => closed[leaf] ?? [])),
    classes: classes.nodes.map(({ leaves }) => leaves.flatMap((leaf) => codes[leaf] ?? [])),
    cells: pack(cells),
    withheld: pack(withheld),
  };
}

/** What was closed once is closed, whatever the clock and the policy say now. */
const latestOf = (closedUntil: CivilDate, shown: Shown | null): CivilDate =>
  (shown?.periods ?? []).flat().reduce((latest, period) => {
    const end = firstDayAfter(period);
    return end > latest ? end : latest;
  }, closedUntil);

/** The edition of a span; undefined while nothing of it is closed. The same books make the same edition. */
export function makeEdition(
  span: Span,
  places: readonly Place[],
  horizon: CivilDate,
  { heard, shown }: Pick<Books, 'heard' | 'shown'>,
): Edition | undefined {
  const closedUntil = latestOf(horizon, shown);
  const closed = closedLeaves(span, closedUntil);
  if (closed.length === 0 || places.length === 0) return undefined;
  const { counts, known } = knownCounts(span, places, closed, heard);
  const periods = periodNodes(span, closedUntil);
  const areas = areaNodes(places);
  const classes = classNodes(span.shape.classes);
  const draft = { span, places, areas, periods, classes, unknown: unknownOf(periods, places, known) };
  const whole = areas.nodes.length;
  addPartial(draft);
  const earlier = shown === null ? null : placesOfShown(draft, shown, closed);
  const table: CountTable = { axes: [areas, periods, classes], counts };
  const standing = standings(draft, table, whole);
  if (shown !== null && earlier !== null) fix(table, standing, shown, earlier);

  const { shown: cells, counts: sums } = decide({ table, standing, shape: span.shape });
  return {
    ...draft,
    closedUntil,
    count: (area, period, of) => {
      const cell = cellAt(table, area, period, of);
      return cells[cell] === 1 ? (sums[cell] ?? 0) : null;
    },
    shown: shownOf(draft, closed, cells, standing),
  };
}
