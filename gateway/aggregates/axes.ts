/**
 * The lattice of a table: the areas, periods and classes figures are given for, as sets of stations, counted periods and counted
 * classes. A set that has two names (a province with one kind of station) is one node.
 */
import { countedClasses } from '#schema/count-families.ts';
import type { CountClass } from '#schema/count-families.ts';
import type { ProvinceCode, StationCode } from '#schema/ids.ts';
import type { Period } from '#schema/periods.ts';
import type { StationKind } from '#schema/procedures.ts';

import type { Axis, AxisNode } from './count-table.ts';
import { countedPeriods, isClosed, periodsIn, shownPeriods } from './span.ts';
import type { Span } from './span.ts';
import type { CivilDate } from '#schema/calendar.ts';

/** Where a station is and what it is. */
export interface Place {
  readonly station: StationCode;
  readonly province: ProvinceCode;
  readonly kind: StationKind;
}

/** An area by name: a station, or the stations of a province, of a kind, of both, or all. */
export type Area =
  { readonly station: StationCode } | { readonly province?: ProvinceCode; readonly kind?: StationKind };

export const areaName = (area: Area): string =>
  'station' in area ? area.station : `${area.province ?? 'all'} ${area.kind ?? 'all'}`;

const keyOf = (leaves: readonly number[]): string => leaves.join();

/** An axis that grows: a node is there once, whatever it is called. */
export class Nodes implements Axis {
  readonly leaves: number;
  readonly nodes: AxisNode[] = [];
  private readonly byLeaves = new Map<string, number>();
  private readonly byName = new Map<string, number>();

  constructor(leaves: number) {
    this.leaves = leaves;
  }

  /** The place of the node of these leaves, which are in rising order; undefined of none. */
  add(name: string, leaves: readonly number[]): number | undefined {
    if (leaves.length === 0) return undefined;
    const key = keyOf(leaves);
    const place = this.byLeaves.get(key) ?? this.nodes.push({ name, leaves }) - 1;
    this.byLeaves.set(key, place);
    if (!this.byName.has(name)) this.byName.set(name, place);
    return place;
  }

  find(name: string): number | undefined {
    return this.byName.get(name);
  }

  /** The node of these leaves. */
  findLeaves(leaves: readonly number[]): number | undefined {
    return this.byLeaves.get(keyOf(leaves));
  }
}

/** Stations by themselves, provinces by kind, provinces, kinds, all. */
export function areaNodes(places: readonly Place[]): Nodes {
  const nodes = new Nodes(places.length);
  const of = (isIn: (place: Place) => boolean): number[] => places.flatMap((place, at) => (isIn(place) ? [at] : []));
  places.forEach(({ station }, at) => nodes.add(areaName({ station }), [at]));
  const kinds = ['BLOOD', 'PLASMA'] as const;
  for (const province of new Set(places.map((place) => place.province))) {
    const ofProvince = of((place) => place.province === province);
    for (const kind of kinds) {
      nodes.add(
        areaName({ province, kind }),
        ofProvince.filter((at) => places[at]?.kind === kind),
      );
    }
    nodes.add(areaName({ province }), ofProvince);
  }
  for (const kind of kinds)
    nodes.add(
      areaName({ kind }),
      of((place) => place.kind === kind),
    );
  nodes.add(areaName({}), [...places.keys()]);
  return nodes;
}

/** The counted periods that are closed. */
export const closedLeaves = (span: Span, closedUntil: CivilDate): Period[] =>
  countedPeriods(span).filter((period) => isClosed(period, closedUntil));

/** Every closed period; one whose counts are sums is the set of its parts. */
export function periodNodes(span: Span, closedUntil: CivilDate): Nodes {
  const leaves = closedLeaves(span, closedUntil);
  const nodes = new Nodes(leaves.length);
  for (const period of shownPeriods(span)) {
    const parts = span.shape.adds ? periodsIn(period, span.shape.period) : [period];
    const places = parts.map((part) => leaves.indexOf(part));
    if (!places.includes(-1)) nodes.add(period, places);
  }
  return nodes;
}

/** Every class: the counted ones, and those they are parts of. */
export function classNodes(root: CountClass): Nodes {
  const leaves = countedClasses(root);
  const nodes = new Nodes(leaves.length);
  const addWithParts = (one: CountClass): void => {
    for (const part of one.parts ?? []) addWithParts(part);
    nodes.add(
      one.code,
      countedClasses(one).map((code) => leaves.indexOf(code)),
    );
  };
  addWithParts(root);
  return nodes;
}
