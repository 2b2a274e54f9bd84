/**
 * Leaves out of a table of donors what would tell something that is not shown, a little more each round: first the periods that a
 * secret one is in, then those in it, then all of its area and those of a station that is summed up with it, which it can be
 * mistaken for.
 */
import { cellAt } from './count-table.ts';
import type { AxisNode } from './count-table.ts';
import type { Decided, Undecided } from './decide-once.ts';
import { createDonorMoves } from './donor-moves.ts';
import { within } from './period-tree.ts';
import type { PeriodTree } from './period-tree.ts';
import { Standing } from './standing.ts';

/** Rounds in which nothing is taken from other stations. */
const CAUTIOUS_ROUNDS = 2;

/** Where a station is by itself, and in how many sums two of them are together. */
export interface Neighbours {
  /** Other stations by themselves, those first that are in most sums together with all of an area. */
  of(area: number): readonly number[];
}

export function neighboursIn(nodes: readonly AxisNode[]): Neighbours {
  const singles = nodes.flatMap(({ leaves: [leaf, ...more] }, area) => (more.length === 0 ? [{ leaf, area }] : []));
  const known = new Map<number, readonly number[]>();
  const find = (area: number): readonly number[] => {
    const inside = new Set(nodes[area]?.leaves);
    const sums = nodes.filter(({ leaves }) => leaves.filter((leaf) => inside.has(leaf)).length === inside.size);
    const nearness = (leaf: number | undefined): number =>
      sums.filter(({ leaves }) => leaves.some((one) => one === leaf)).length;
    return singles
      .flatMap((single) =>
        single.leaf === undefined || inside.has(single.leaf) ? [] : [{ ...single, near: nearness(single.leaf) }],
      )
      .toSorted((one, other) => other.near - one.near)
      .map((single) => single.area);
  };
  return {
    of(area) {
      const found = known.get(area) ?? find(area);
      known.set(area, found);
      return found;
    },
  };
}

export interface LeavingOut extends Undecided {
  readonly tree: PeriodTree;
  readonly neighbours: Neighbours;
}

/** Whether there was nothing to leave out; undefined when there is nothing left that could be. */
export function leaveOut(leaving: LeavingOut, { shown, counts }: Decided, round: number): boolean | undefined {
  const { table, standing, shape, tree, neighbours } = leaving;
  const [areas, periods] = table.axes;
  const all = [...periods.nodes.keys()];
  const cell = (area: number, period: number): number => cellAt(table, area, period, 0);
  const isSecret = (at: number): boolean =>
    shown[at] === 0 && standing[at] !== Standing.IGNORED && (counts[at] ?? 0) > 0;
  const moves = createDonorMoves(table, tree, (area, period) => shown[cell(area, period)] === 1);

  /** How many cells that takes away. */
  const hide = (area: number, of: readonly number[]): number => {
    const open = of.map((period) => cell(area, period)).filter((at) => standing[at] === Standing.OPEN);
    for (const at of open) standing[at] = Standing.HIDDEN;
    return open.filter((at) => shown[at] === 1).length;
  };
  const hideAround = (area: number, period: number): number => {
    const wholes = tree.wholes[period] ?? [];
    if (round === 0) return hide(area, wholes);
    if (round < CAUTIOUS_ROUNDS) return hide(area, [...wholes, ...within(tree, period)]);
    const own = hide(area, all);
    if (own > 0) return own;
    const secret = all.filter((one) => isSecret(cell(area, one)));
    for (const other of neighbours.of(area)) {
      const taken = hide(other, secret);
      if (taken > 0) return taken;
    }
    return 0;
  };

  let told = 0;
  let taken = 0;
  for (const area of areas.nodes.keys()) {
    for (const period of all) {
      if (!isSecret(cell(area, period)) || moves.covers(area, period, shape.threshold)) continue;
      told += 1;
      taken += hideAround(area, period);
    }
  }
  if (told === 0) return true;
  return taken > 0 || round < CAUTIOUS_ROUNDS ? false : undefined;
}
