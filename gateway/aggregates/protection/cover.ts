/** Covers cells: finds the swaps that move one far enough, and suppresses what moves with it. */
import { createBestSwap } from './best-swap.ts';
import type { Cells } from './cells.ts';
import { createChance } from './chance.ts';
import type { Lattice } from './lattice.ts';
import { createSearch } from './search.ts';
import type { Judge, Nodes } from './search.ts';
import { createSteps } from './steps.ts';
import { priceOf } from './swap.ts';

/** How many areas are tried in exchange for one: few at first, since a near one nearly always does. */
const reaches = [12, 100, Infinity] as const;

/**
 * What one swap has used up another may need. Where the cheapest in turn lead nowhere, so many other orders are tried, by chance, in
 * which prices count for less and less. One of the first few nearly always leads there.
 */
const draws = 40;

/** Which node of each axis a cell, at its place, is of. */
function nodesAt({ periodNodes, classNodes }: Lattice, cell: number): Nodes {
  const row = Math.floor(cell / classNodes);
  return { area: Math.floor(row / periodNodes), period: row % periodNodes, class: cell % classNodes };
}

/** Covers one cell, at its place; false when there is no way. What it suppresses, and must be covered in its turn, comes to `also`. */
export function createCover(lattice: Lattice, cells: Cells, also: (cell: number) => void): (cell: number) => boolean {
  const search = createSearch(lattice, cells.prices);
  const steps = createSteps(lattice, cells, also);
  const best = createBestSwap(lattice.areas);
  let missing = 0;
  let whim: (() => number) | null = null;

  const judge: Judge = {
    limit: () => (missing > 0 ? best.score : 0),
    judge(swap) {
      const price = priceOf(swap, lattice, cells.prices, best.score);
      if (price >= best.score) return;
      const gain = Math.min(steps.room(swap), missing);
      if (gain <= 0) return;
      if (price === 0 && whim === null) {
        missing -= steps.go(swap, missing);
        return;
      }
      const score = ((price + (whim?.() ?? 0)) * missing) / gain;
      if (score < best.score) best.keep(score, swap);
    },
  };

  /** Looks once, and takes all that costs nothing, or else the best of the rest; false when nothing was found. */
  function once(cell: Nodes, reach: number): boolean {
    const before = missing;
    best.forget();
    search({ cell, reach, judge });
    const swap = best.swap();
    if (missing > 0 && swap !== null) missing -= steps.go(swap, missing);
    return missing < before;
  }

  /** Looks until it is covered or nothing more is found; whether anything was. */
  function attempt(cell: number): boolean {
    missing = cells.needs[cell] ?? 0;
    const need = missing;
    for (const reach of reaches) while (missing > 0 && once(nodesAt(lattice, cell), reach));
    steps.settle();
    return missing < need;
  }

  return (cell) => {
    whim = null;
    let isMovable = attempt(cell);
    for (let draw = 0; draw < draws && missing > 0 && isMovable; draw += 1) {
      const chance = createChance(cell * draws + draw);
      whim = () => chance() * 2 ** (draw / 2);
      isMovable = attempt(cell);
    }
    return missing <= 0;
  };
}
