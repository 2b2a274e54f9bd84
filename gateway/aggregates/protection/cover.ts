/** Covers cells: finds the swaps that move one far enough, and suppresses what moves with it. */
import { createBestSwap } from './best-swap.ts';
import type { Cells } from './cells.ts';
import { createDifferences } from './differences.ts';
import type { Lattice } from './lattice.ts';
import { createSearch } from './search.ts';
import type { Judge, Nodes } from './search.ts';
import { forEachCell, priceOf } from './swap.ts';
import type { Swap } from './swap.ts';
import { createTwoTables } from './two-tables.ts';

/** How many areas are tried in exchange for one: few at first, since a near one nearly always does. */
const reaches = [12, 100, Infinity] as const;

/** Which node of each axis a cell, at its place, is of. */
function nodesAt({ periodNodes, classNodes }: Lattice, cell: number): Nodes {
  const row = Math.floor(cell / classNodes);
  return { area: Math.floor(row / periodNodes), period: row % periodNodes, class: cell % classNodes };
}

/** Covers one cell, at its place; false when there is no way. What it suppresses, and must be covered in its turn, comes to `also`. */
export function createCover(lattice: Lattice, cells: Cells, also: (cell: number) => void): (cell: number) => boolean {
  const search = createSearch(lattice, cells.prices);
  const tables = createTwoTables(lattice);
  const differences = createDifferences(cells.covered);
  const best = createBestSwap(lattice.areas);
  let missing = 0;

  /** Goes a swap as far as needed: up in the upper table, and for the rest down in the lower one. */
  function take(swap: Swap): void {
    const up = Math.min(tables.up, missing);
    const down = Math.min(tables.down, missing - up);
    tables.go(up, down);
    missing -= up + down;
    forEachCell(swap, lattice, (cell, sign) => {
      differences.add(cell, sign * (up + down));
      if (cells.prices[cell] === 0) return;
      cells.prices[cell] = 0;
      cells.suppressed[cell] = 1;
      also(cell);
    });
  }

  const judge: Judge = {
    limit: () => (missing > 0 ? best.score : 0),
    judge(swap) {
      const price = priceOf(swap, lattice, cells.prices, best.score);
      if (price >= best.score) return;
      tables.look(swap);
      const gain = Math.min(tables.up + tables.down, missing);
      if (gain <= 0) return;
      if (price === 0) {
        take(swap);
        return;
      }
      const score = (price * missing) / gain;
      if (score < best.score) best.keep(score, swap);
    },
  };

  /** Looks once, and takes all that costs nothing, or else the best of the rest; false when nothing was found. */
  function once(cell: Nodes, reach: number): boolean {
    const before = missing;
    best.forget();
    search({ cell, reach, judge });
    const swap = best.swap();
    if (missing > 0 && swap !== null) {
      tables.look(swap);
      take(swap);
    }
    return missing < before;
  }

  return (cell) => {
    missing = cells.needs[cell] ?? 0;
    for (const reach of reaches) while (missing > 0 && once(nodesAt(lattice, cell), reach));
    differences.settle();
    tables.reset();
    return missing <= 0;
  };
}
