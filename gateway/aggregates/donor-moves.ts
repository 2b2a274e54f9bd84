/**
 * Whether a count of donors that is not shown can be another one, as far as all that is shown tells: by counts that are moved from
 * one station to another, in periods in which no figure is shown that has the one in it and not the other. What comes of it has
 * to be possible at both (`canBe`). It is another region with the very same figures, so that no arithmetic can tell which is real.
 */
import type { Axis, CountTable } from './count-table.ts';
import { canBe, within } from './period-tree.ts';
import type { PeriodTree } from './period-tree.ts';

export interface DonorMoves {
  /** Whether what can be moved into an area and out of it in a period is as much as `need` together. */
  covers(area: number, period: number, need: number): boolean;
}

/** Nobody has a count of its own outside of the stations. */
type Station = number | null;

/** By period: 1 moves along, -1 the other way, 0 stays. */
interface Way {
  /** The period it is about. */
  readonly period: number;
  readonly moves: readonly number[];
}

/**
 * The ways to move in a period: it alone, with those it is in, with those in it, with all; or against another one, so that those
 * that both are in stay as they are.
 */
function waysOf({ parts, wholes }: PeriodTree, period: number, isFree: (period: number) => boolean): Way[] {
  const wayOf = (along: readonly number[], against: readonly number[] = []): Way => ({
    period,
    moves: parts.map((_, at) => {
      if (at === period) return 1;
      return isFree(at) ? Number(along.includes(at)) - Number(against.includes(at)) : 0;
    }),
  });
  const outside = wholes[period] ?? [];
  const inside = within({ parts, wholes }, period);
  const together = [[], outside.slice(0, 1), outside, inside, [...inside, ...outside], [...parts.keys()]];
  const others = [...parts.keys()].filter((one) => (wholes[one] ?? []).length === outside.length && one !== period);
  return [
    ...together.map((along) => wayOf(along)),
    ...others.flatMap((one) => [wayOf(outside, [one, ...(wholes[one] ?? [])]), wayOf([], [one])]),
  ];
}

interface Views {
  readonly areas: Axis;
  /** How many periods. */
  readonly length: number;
  readonly isShown: (area: number, period: number) => boolean;
}

/** By station and period: two stations with the same views are in the same shown figures. */
function viewsOf({ areas, length, isShown }: Views): string[][] {
  const views: string[][] = Array.from({ length: areas.leaves }, () => Array<string>(length).fill(''));
  for (const [area, { leaves }] of areas.nodes.entries()) {
    for (let period = 0; period < length; period += 1) {
      if (!isShown(area, period)) continue;
      for (const leaf of leaves) {
        const line = views[leaf];
        if (line !== undefined) line[period] = `${line[period] ?? ''} ${area}`;
      }
    }
  }
  return views;
}

/** @param isShown whether a cell is shown, by area and period. */
export function createDonorMoves(
  { axes: [areas, periods], counts }: CountTable,
  tree: PeriodTree,
  isShown: (area: number, period: number) => boolean,
): DonorMoves {
  const length = periods.nodes.length;
  const linesOf = Array.from({ length: areas.leaves }, (_, at) => [...counts.subarray(at * length, (at + 1) * length)]);

  const views = viewsOf({ areas, length, isShown });
  const viewOf = (station: Station, period: number): string =>
    station === null ? '' : (views[station]?.[period] ?? '');

  const canMove = (station: number, moves: readonly number[], by: number): boolean =>
    canBe(
      tree,
      (linesOf[station] ?? []).map((count, at) => count + by * (moves[at] ?? 0)),
    );

  /** What no figure is shown of at all can stay as it is, whatever happens elsewhere. */
  const goes = (station: Station, { period, moves }: Way, by: number): boolean => {
    if (station === null || canMove(station, moves, by)) return true;
    const seen = moves.map((move, at) => (at !== period && viewOf(station, at) === '' ? 0 : move));
    return canMove(station, seen, by);
  };

  /** How much can be moved from one station to another, up to `most`. */
  const room = (from: Station, to: Station, ways: readonly Way[], most: number): number => {
    for (let by = most; by > 0; by -= 1) {
      if (ways.some((way) => goes(from, way, -by) && goes(to, way, by))) return by;
    }
    return 0;
  };

  const coversWith = (station: number, other: Station, period: number, need: number): boolean => {
    const ways = waysOf(tree, period, (one) => viewOf(station, one) === viewOf(other, one));
    const into = room(other, station, ways, need);
    return into >= need || into + room(station, other, ways, need - into) >= need;
  };

  return {
    covers(area, period, need) {
      const inside = areas.nodes[area]?.leaves ?? [];
      const others: Station[] = [null, ...Array.from({ length: areas.leaves }, (_, at) => at)];
      return inside.some((station) =>
        others.some(
          (other) =>
            (other === null || !inside.includes(other)) &&
            viewOf(other, period) === viewOf(station, period) &&
            coversWith(station, other, period, need),
        ),
      );
    },
  };
}
