/** What is known of a span from what its stations said: a count for each of its leaves, or that nothing is known of one. */
import { countedClasses } from '#schema/count-families.ts';
import type { StationCode } from '#schema/ids.ts';

import type { Place } from './axes.ts';
import type { Heard } from './books.ts';
import { isClosed } from './span.ts';
import type { Span } from './span.ts';
import type { Period } from '#schema/periods.ts';

export interface KnownCounts {
  /** As in a `CountTable`; 0 where nothing is known. */
  readonly counts: Float64Array;
  /** 1 for each station and counted period something is known of, stations first. */
  readonly known: Uint8Array;
}

/** What a station said first of a period stands: books that are closed are not opened again. */
export function knownCounts(
  span: Span,
  places: readonly Place[],
  periods: readonly Period[],
  heard: readonly Heard[],
): KnownCounts {
  const classes = countedClasses(span.shape.classes);
  const counts = new Float64Array(places.length * periods.length * classes.length);
  const known = new Uint8Array(places.length * periods.length);
  const placeOf = new Map<StationCode, number>(places.map(({ station }, at) => [station, at]));
  const leafOf = new Map(periods.map((period, at) => [period, at]));
  const classOf = new Map(classes.map((code, at) => [code, at]));

  for (const { station, year, closedUntil, counts: said } of heard) {
    const place = placeOf.get(station);
    if (place === undefined) continue;
    const isNew = (leaf: number, period: Period): boolean =>
      known[place * periods.length + leaf] === 0 && period.startsWith(String(year)) && isClosed(period, closedUntil);
    const fresh = new Set(periods.filter((period, leaf) => isNew(leaf, period)));
    for (const period of fresh) known[place * periods.length + (leafOf.get(period) ?? 0)] = 1;
    for (const [period, of, count] of said) {
      const [leaf, at] = [leafOf.get(period), classOf.get(of)];
      if (leaf === undefined || at === undefined || !fresh.has(period)) continue;
      counts[(place * periods.length + leaf) * classes.length + at] = count;
    }
  }
  return { counts, known };
}
