/** A question's view on editions: the figures it asked for, each as it stands. Nothing is decided here. */
import type { AggregateTable } from '#schema/aggregate-table.ts';
import type { Figure, FigureState } from '#schema/aggregates.ts';
import type { Period } from '#schema/periods.ts';

import { areaName } from './axes.ts';
import type { Area, Place } from './axes.ts';
import { knownIn } from './edition.ts';
import type { Edition } from './edition.ts';
import type { Plan } from './plan.ts';

type Seen = Pick<Figure, 'state' | 'count'>;

const without = (state: FigureState): Seen => ({ state, count: null });

/** How one cell stands. */
function look(edition: Edition | undefined, area: Area, period: Period, of: string): Seen {
  if (edition === undefined) return without('OPEN');
  const { areas, periods, classes, unknown } = edition;
  const [place, at, cls] = [areas.find(areaName(area)), periods.find(period), classes.find(of)];
  if (at === undefined) return without('OPEN');
  if (place === undefined || cls === undefined) return without('MISSING');
  const leaves = areas.nodes[place]?.leaves ?? [];
  const known = knownIn(leaves, unknown[at] ?? new Set());
  const seen = areas.findLeaves(known);
  if (seen === undefined) return without('MISSING');
  const count = edition.count(seen, at, cls);
  if (count === null) return without('SUPPRESSED');
  return { state: known.length < leaves.length ? 'PARTIAL' : 'SHOWN', count };
}

/** To one decimal; null unless both are exact. */
function percentOf(part: Seen, total: Seen): number | null {
  if (part.state !== 'SHOWN' || total.state !== 'SHOWN' || part.count === null || !total.count) return null;
  return Math.round((part.count * 1_000) / total.count) / 10;
}

const provinceOf = (area: Area, places: ReadonlyMap<string, Place>): Figure['province'] =>
  'station' in area ? (places.get(area.station)?.province ?? null) : (area.province ?? null);

/**
 * The figures, by area, then period, then class.
 *
 * @param editions by the name of their span; those that are not there are of spans of which nothing is closed.
 */
export function figuresOf(
  { areas, spans, classes, measure }: Plan,
  editions: ReadonlyMap<string, Edition>,
  places: readonly Place[],
): Figure[] {
  const byStation = new Map(places.map((place) => [place.station as string, place]));
  const top = areas.at(-1) ?? {};
  const columns = spans.flatMap(({ span, periods }) => {
    const edition = editions.get(span.period);
    return periods.map((period) => ({ edition, period, total: look(edition, top, period, measure.of) }));
  });
  return areas.flatMap((area) => {
    const province = provinceOf(area, byStation);
    const station = 'station' in area ? area.station : null;
    return columns.flatMap(({ edition, period, total }) =>
      classes.map((of): Figure => {
        const seen = look(edition, area, period, of);
        return { province, station, period, class: of, ...seen, percent: percentOf(seen, total) };
      }),
    );
  });
}

/** A table of them. */
export function tableOf(
  plan: Plan,
  figures: readonly Figure[],
  rest: Pick<AggregateTable, 'stations' | 'closedUntil' | 'madeAt'>,
): AggregateTable {
  const { asked, measure } = plan;
  return {
    measure,
    asked: { ...asked, province: asked.province ?? null, kind: asked.kind ?? null },
    figures: [...figures],
    ...rest,
    complete: rest.stations.every(({ heard }) => heard),
    suppressed: figures.filter(({ state }) => state === 'SUPPRESSED').length,
  };
}
