/** Goes swaps, one after the other, away from the true table in both directions, and writes down what that covers and costs. */
import type { Cells } from './cells.ts';
import { createDifferences } from './differences.ts';
import type { Lattice } from './lattice.ts';
import { forEachCell } from './swap.ts';
import type { Swap } from './swap.ts';
import { createTwoTables } from './two-tables.ts';

/** The way for one cell. */
export interface Steps {
  /** How far a swap could be gone now. */
  room(swap: Swap): number;
  /** Goes a swap at most so far, up in the upper table and for the rest down in the lower one, and says how far. */
  go(swap: Swap, most: number): number;
  /** At the end of the way: what moved is covered. Begins anew. */
  settle(): void;
}

/** Cells that are suppressed on the way, and have to be covered in their turn, come to `also`. */
export function createSteps(
  lattice: Lattice,
  { prices, suppressed, covered }: Cells,
  also: (cell: number) => void,
): Steps {
  const tables = createTwoTables(lattice);
  const differences = createDifferences(covered);
  return {
    room(swap) {
      tables.look(swap);
      return tables.up + tables.down;
    },
    go(swap, most) {
      tables.look(swap);
      const up = Math.min(tables.up, most);
      const down = Math.min(tables.down, most - up);
      tables.go(up, down);
      forEachCell(swap, lattice, (cell, sign) => {
        differences.add(cell, sign * (up + down));
        if (prices[cell] === 0) return;
        prices[cell] = 0;
        suppressed[cell] = 1;
        also(cell);
      });
      return up + down;
    },
    settle() {
      differences.settle();
      tables.reset();
    },
  };
}
