/** Which cells of a table are shown: what protection leaves, and, where longer periods are no sums, what periods leave of each other. */
import type { Period } from '#schema/periods.ts';

import { cellCounts } from './cell-counts.ts';
import { cellAt } from './count-table.ts';
import { decideOnce } from './decide-once.ts';
import type { Decided, Undecided } from './decide-once.ts';
import { leaveOut, neighboursIn } from './leave-out.ts';
import type { LeavingOut } from './leave-out.ts';
import { periodTree } from './period-tree.ts';
import type { PeriodTree } from './period-tree.ts';
import { Standing } from './standing.ts';

/** Each time something more is left out; a table of donors takes a few. */
const MOST_ROUNDS = 12;

/** Shows nothing but what has been shown. */
const nothingNew = (standing: Uint8Array, counts: Float64Array): Decided => ({
  counts,
  shown: standing.map((of) => (of === Standing.FIXED ? 1 : 0)),
});

/** Nobody is hidden by a zero, since its parts or its whole say that it is one. */
function showZeros(standing: Uint8Array, counts: Float64Array): void {
  counts.forEach((count, cell) => {
    if (count === 0 && standing[cell] === Standing.OPEN) standing[cell] = Standing.FIXED;
  });
}

/** Leaves out more and more until nothing is told that is not shown; undefined when that does not come to an end. */
function attempt(leaving: LeavingOut): Decided | undefined {
  let decided = decideOnce(leaving);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const isKept = leaveOut(leaving, decided, round);
    if (isKept === true) return decided;
    if (isKept === undefined) return undefined;
    decided = decideOnce(leaving);
  }
  return undefined;
}

/**
 * Only the longest periods, which are part of no other. Of the others nothing is shown but what they say themselves: no donor of
 * the year is none of any month.
 */
function hideParts({ table, standing }: Undecided, tree: PeriodTree, counts: Float64Array): void {
  const [areas, periods] = table.axes;
  for (const area of areas.nodes.keys()) {
    for (const period of periods.nodes.keys()) {
      const longest = tree.wholes[period]?.at(-1);
      const cell = cellAt(table, area, period, 0);
      if (longest === undefined || standing[cell] !== Standing.OPEN) continue;
      if (counts[cellAt(table, area, longest, 0)] === 0) continue;
      standing[cell] = counts[cell] === 0 ? Standing.IGNORED : Standing.HIDDEN;
    }
  }
}

/**
 * Donors: their longer periods are no sums. First all periods are tried, then the longest alone, and when small stations are told
 * even so, nothing is added to what has been shown.
 */
function decideOverlapping(undecided: Undecided): Decided {
  const { table, standing } = undecided;
  const counts = cellCounts(table);
  const tree = periodTree(table.axes[1].nodes.map(({ name }) => name as Period));
  const neighbours = neighboursIn(table.axes[0].nodes);
  for (const narrow of [() => undefined, hideParts]) {
    const tried = { ...undecided, tree, neighbours, standing: Uint8Array.from(standing) };
    narrow(tried, tree, counts);
    showZeros(tried.standing, counts);
    const decided = attempt(tried);
    if (decided === undefined) continue;
    standing.set(tried.standing);
    return decided;
  }
  return nothingNew(standing, counts);
}

/** The same table always has the same answer. Where cells are `HIDDEN` for the sake of others, `standing` says so afterwards. */
export function decide(undecided: Undecided): Decided {
  return undecided.shape.adds ? decideOnce(undecided) : decideOverlapping(undecided);
}
