/**
 * Two tables with the same shown cells and no count below 0, one with more in the cell that is to be covered and one with less.
 * That they exist is the proof that nobody can tell the cell more closely than the difference between them.
 */
import type { Lattice } from './lattice.ts';
import { findMoved } from './swap.ts';
import type { MovedAtoms, Swap } from './swap.ts';

/** Both tables, as differences from the true one. */
export interface TwoTables {
  /** Looks at a swap: `up` and `down` say then how far it could be gone in the upper table, and backwards in the lower. */
  look(swap: Swap): void;
  readonly up: number;
  readonly down: number;
  /** Goes the swap that was looked at last. */
  go(up: number, down: number): void;
  /** Both are the true table again. */
  reset(): void;
}

/** Begins with the true table twice. */
export function createTwoTables(lattice: Lattice): TwoTables {
  const upper = new Float64Array(lattice.counts);
  const lower = new Float64Array(lattice.counts);
  const moved: MovedAtoms = { gain: new Int32Array(4), lose: new Int32Array(4), gains: 0, losses: 0 };
  const touched: number[] = [];
  const room = { up: 0, down: 0 };

  const shift = (atom: number, up: number, down: number): void => {
    upper[atom] = (upper[atom] ?? 0) + up;
    lower[atom] = (lower[atom] ?? 0) - down;
    touched.push(atom);
  };
  return {
    get up() {
      return room.up;
    },
    get down() {
      return room.down;
    },
    look(swap) {
      findMoved(moved, lattice, swap);
      room.up = least(upper, moved.lose, moved.losses);
      room.down = least(lower, moved.gain, moved.gains);
    },
    go(up, down) {
      for (let at = 0; at < moved.gains; at += 1) shift(moved.gain[at] ?? 0, up, down);
      for (let at = 0; at < moved.losses; at += 1) shift(moved.lose[at] ?? 0, -up, -down);
    },
    reset() {
      for (const atom of touched) upper[atom] = lower[atom] = lattice.counts[atom] ?? 0;
      touched.length = 0;
    },
  };
}

/** Without any, there is no bound. */
function least(counts: Float64Array, atoms: Int32Array, length: number): number {
  let smallest = Infinity;
  for (let at = 0; at < length; at += 1) smallest = Math.min(smallest, counts[atoms[at] ?? 0] ?? 0);
  return smallest;
}
