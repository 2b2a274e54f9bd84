/** A swap: what moves in a table when counts go from some combinations of atoms to others and every shown cell stays as it is. */
import { nowhere } from './axis-atoms.ts';
import type { AxisMove } from './axis-move.ts';
import type { Lattice } from './lattice.ts';

/**
 * A move on each axis. An atom of the table gains where the number of moves in which it is `from` is even and loses where it is
 * odd; a cell likewise, by the signs of its nodes.
 */
export interface Swap {
  readonly area: AxisMove;
  readonly period: AxisMove;
  readonly class: AxisMove;
}

/** The at most eight atoms of the table a swap moves. */
export interface MovedAtoms {
  readonly gain: Int32Array;
  readonly lose: Int32Array;
  gains: number;
  losses: number;
}

/** Finds the atoms of the table that a swap moves. */
export function findMoved(moved: MovedAtoms, lattice: Lattice, { area, period, class: of }: Swap): void {
  moved.gains = 0;
  moved.losses = 0;
  for (let which = 0; which < 8; which += 1) {
    const a = (which & 1) === 0 ? area.to : area.from;
    const p = (which & 2) === 0 ? period.to : period.from;
    const c = (which & 4) === 0 ? of.to : of.from;
    if (a === nowhere || p === nowhere || c === nowhere) continue;
    const at = (a * lattice.periods.size + p) * lattice.classes.size + c;
    // 1, 2, 4 and 7 are the numbers with an odd count of bits.
    if (which === 1 || which === 2 || which === 4 || which === 7) moved.lose[moved.losses++] = at;
    else moved.gain[moved.gains++] = at;
  }
}

/** What it costs to move all cells that a swap moves; `Infinity` as soon as it is no less than the limit. */
export function priceOf(
  { area, period, class: of }: Swap,
  lattice: Lattice,
  prices: Float64Array,
  limit: number,
): number {
  const { periodNodes, classNodes } = lattice;
  let price = 0;
  for (let i = 0; i < area.length; i += 1) {
    for (let j = 0; j < period.length; j += 1) {
      const row = ((area.nodes[i] ?? 0) * periodNodes + (period.nodes[j] ?? 0)) * classNodes;
      for (let k = 0; k < of.length; k += 1) price += prices[row + (of.nodes[k] ?? 0)] ?? 0;
      if (price >= limit) return Infinity;
    }
  }
  return price;
}

/** Every cell a swap moves, with 1 where it moves as the atom `to` does and -1 where it moves against it. */
export function forEachCell(swap: Swap, lattice: Lattice, visit: (cell: number, sign: number) => void): void {
  const { area, period, class: of } = swap;
  for (let i = 0; i < area.length; i += 1) {
    for (let j = 0; j < period.length; j += 1) {
      const row = ((area.nodes[i] ?? 0) * lattice.periodNodes + (period.nodes[j] ?? 0)) * lattice.classNodes;
      const sign = (area.signs[i] ?? 0) * (period.signs[j] ?? 0);
      for (let k = 0; k < of.length; k += 1) visit(row + (of.nodes[k] ?? 0), sign * (of.signs[k] ?? 0));
    }
  }
}
