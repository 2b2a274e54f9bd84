/** Looks through the swaps that move a cell, those first that are likely to cost least. */
import { nowhere } from './axis-atoms.ts';
import { emptyMove, makeMove } from './axis-move.ts';
import type { AxisMove } from './axis-move.ts';
import { movesTo } from './axis-moves.ts';
import { createLeastPrice } from './least-price.ts';
import type { Lattice } from './lattice.ts';
import type { Swap } from './swap.ts';

/** A node of each axis, or an atom of each. */
export interface Nodes {
  readonly area: number;
  readonly period: number;
  readonly class: number;
}

/** Who judges what is found. */
export interface Judge {
  /** Swaps that cost as much or more are of no use; 0 or less when enough has been found. */
  limit(): number;
  judge(swap: Swap): void;
}

/** What is looked for. */
interface Quest {
  readonly cell: Nodes;
  /** How many areas are tried in exchange for one. */
  readonly reach: number;
  readonly judge: Judge;
}

/** After so many swaps the best that was found is good enough. */
const patience = 600;

/** A search over one table. It hands the swaps that raise a cell to the judge, each good until the next. */
export function createSearch(lattice: Lattice, prices: Float64Array): (quest: Quest) => void {
  const { areas, periods, classes } = lattice;
  const [periodMoves, classMoves] = [movesTo(periods), movesTo(classes)];
  const leastPrice = createLeastPrice(lattice, prices);
  const bounds = new Float64Array((periods.size + 1) * (classes.size + 1));
  const area = emptyMove(areas);
  let tried = 0;

  const weary = ({ judge }: Quest): boolean => judge.limit() <= 0 || (tried > patience && judge.limit() < Infinity);

  /** Tries one pair of moves with the areas in reach, and at last with nothing in exchange. */
  function tryAreas({ cell, reach, judge }: Quest, to: number, period: AxisMove, of: AxisMove): void {
    const swap = { area, period, class: of };
    const nearest = areas.nearest(to);
    let left = reach;
    for (let at = 0; at < nearest.length && left > 0 && judge.limit() > 0; at += 1) {
      const from = nearest[at] ?? 0;
      if (areas.has(cell.area, from)) continue;
      makeMove(area, areas, to, from);
      judge.judge(swap);
      left -= 1;
      tried += 1;
    }
    tried += 1;
    if (judge.limit() <= 0) return;
    makeMove(area, areas, to, nowhere);
    judge.judge(swap);
  }

  /** Tries all swaps that raise one combination of atoms in the cell, by what they cost at the least. */
  function tryAtom(quest: Quest, atom: Nodes): void {
    const inPeriod = (periodMoves[atom.period] ?? []).filter(({ from }) => !periods.has(quest.cell.period, from));
    const inClass = (classMoves[atom.class] ?? []).filter(({ from }) => !classes.has(quest.cell.class, from));
    let pairs = 0;
    for (const period of inPeriod) for (const of of inClass) bounds[pairs++] = leastPrice(atom.area, period, of);
    tried += pairs / 8;
    while (!weary(quest)) {
      const best = smallest(bounds, pairs);
      if ((bounds[best] ?? 0) >= quest.judge.limit()) return;
      bounds[best] = Infinity;
      const period = inPeriod[Math.floor(best / inClass.length)];
      const of = inClass[best % inClass.length];
      if (period !== undefined && of !== undefined) tryAreas(quest, atom.area, period, of);
    }
  }

  return (quest) => {
    const { cell } = quest;
    tried = 0;
    for (const a of areas.inNode[cell.area] ?? []) {
      for (const p of periods.inNode[cell.period] ?? []) {
        for (const c of classes.inNode[cell.class] ?? []) {
          if (weary(quest)) return;
          tryAtom(quest, { area: a, period: p, class: c });
        }
      }
    }
  };
}

/** Where the smallest value stands. */
function smallest(values: Float64Array, length: number): number {
  let best = 0;
  for (let at = 1; at < length; at += 1) if ((values[at] ?? 0) < (values[best] ?? 0)) best = at;
  return best;
}
