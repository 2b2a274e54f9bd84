/** The best swap a search has found so far. */
import type { AxisAtoms } from './axis-atoms.ts';
import { emptyMove, makeMove } from './axis-move.ts';
import type { Swap } from './swap.ts';

/** Kept as what it is made of: the swaps of a search are good until the next. */
export interface BestSwap {
  /** The least is the best; `Infinity` when there is none. */
  readonly score: number;
  keep(score: number, swap: Swap): void;
  /** The swap itself; null when there is none. */
  swap(): Swap | null;
  forget(): void;
}

/** None yet. */
export function createBestSwap(areas: AxisAtoms): BestSwap {
  const area = emptyMove(areas);
  let [score, to, from] = [Infinity, 0, 0];
  let moves: Pick<Swap, 'period' | 'class'> | null = null;
  return {
    get score() {
      return score;
    },
    keep(better, swap) {
      score = better;
      to = swap.area.to;
      from = swap.area.from;
      moves = swap;
    },
    swap: () =>
      moves === null ? null : { area: makeMove(area, areas, to, from), period: moves.period, class: moves.class },
    forget() {
      score = Infinity;
      moves = null;
    },
  };
}
