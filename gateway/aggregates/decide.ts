/** Which cells of a table are shown: what protection leaves, and, where longer periods are no sums, what periods leave of each other. */
import type { Period } from '#schema/periods.ts';

import { cellCounts } from './cell-counts.ts';
import { cellAt } from './count-table.ts';
import type { CountTable } from './count-table.ts';
import { periodTree, widthOf, within } from './period-tree.ts';
import type { PeriodTree } from './period-tree.ts';
import { protect } from './protect.ts';
import type { Span } from './span.ts';
import { Standing } from './standing.ts';

export interface Undecided {
  readonly table: CountTable;
  /** The `Standing` of each cell, at its place. */
  readonly standing: Uint8Array;
  readonly shape: Span['shape'];
}

export interface Decided {
  /** 1 for each cell that is shown. */
  readonly shown: Uint8Array;
  /** The count of each cell, shown or not. */
  readonly counts: Float64Array;
}

/** Each time something more is left out; a table of donors takes a few. */
const MOST_ROUNDS = 50;

function decideOnce({ table, standing, shape: { threshold, dominance } }: Undecided): Decided {
  const { counts, suppressed } = protect({ table, standing, threshold, dominance });
  const shown = new Uint8Array(standing.length);
  standing.forEach((of, cell) => {
    if (of === Standing.FIXED || (of === Standing.OPEN && suppressed[cell] === 0)) shown[cell] = 1;
  });
  return { shown, counts };
}

/** The period that is best left out so that another is not narrowed down; undefined when none helps. */
function bestWithout(candidates: readonly number[], widthWithout: (period: number) => number, need: number) {
  return candidates.find((period) => widthWithout(period) >= need) ?? candidates[0];
}

/** Leaves out what would narrow down what is not shown. Whether there was nothing to leave out; undefined when it cannot be. */
function leaveOut({ table, standing, shape }: Undecided, { shown, counts }: Decided, tree: PeriodTree) {
  const [areas, periods, classes] = table.axes;
  let isKept = true;
  for (const area of areas.nodes.keys()) {
    for (const of of classes.nodes.keys()) {
      const cell = (period: number): number => cellAt(table, area, period, of);
      for (const at of periods.nodes.keys()) {
        if (shown[cell(at)] === 1 || standing[cell(at)] === Standing.IGNORED) continue;
        const line = (without: number | null) => ({
          count: (period: number): number => counts[cell(period)] ?? 0,
          isShown: (period: number): boolean => period !== without && shown[cell(period)] === 1,
        });
        const width = widthOf(tree, line(null), at);
        if (width >= shape.threshold) continue;
        const widthWithout = (period: number): number =>
          standing[cell(period)] === Standing.FIXED ? width : widthOf(tree, line(period), at);
        const wider = [...(tree.wholes[at] ?? []), ...within(tree, at)].filter((one) => widthWithout(one) > width);
        const period = bestWithout(wider, widthWithout, shape.threshold);
        if (period === undefined) return undefined;
        standing[cell(period)] = Standing.HIDDEN;
        shown[cell(period)] = 0;
        isKept = false;
      }
    }
  }
  return isKept;
}

/** Nothing new. */
const onlyFixed = ({ standing }: Undecided, { counts }: Decided): Decided => ({
  counts,
  shown: standing.map((of) => (of === Standing.FIXED ? 1 : 0)),
});

/** The same table always has the same answer. Changes `standing`. */
export function decide(undecided: Undecided): Decided {
  const { table, standing, shape } = undecided;
  if (shape.adds) return decideOnce(undecided);
  // Nobody is hidden by a zero whose neighbours say that it is one.
  cellCounts(table).forEach((count, cell) => {
    if (count === 0 && standing[cell] === Standing.OPEN) standing[cell] = Standing.FIXED;
  });
  const tree = periodTree(table.axes[1].nodes.map(({ name }) => name as Period));
  let decided = decideOnce(undecided);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const isKept = leaveOut(undecided, decided, tree);
    if (isKept === true) return decided;
    if (isKept === undefined) break;
    decided = decideOnce(undecided);
  }
  return onlyFixed(undecided, decided);
}
