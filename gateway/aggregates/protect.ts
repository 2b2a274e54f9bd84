/**
 * Decides once for a whole table, with all its sums, which of its cells are shown.
 *
 * Suppressed are small counts and dominated ones (primary), and as many others as it takes that nobody can compute them
 * (complementary). A suppressed cell is *covered* when there are two tables of counts, none below 0, that show the same as the
 * true one and differ in this cell by as much as it needs: its threshold, or a tenth of it when it is dominated. Who knows all that
 * is shown, and solves any equation over it, cannot tell these two tables apart, and so cannot narrow the cell down further. The two tables are
 * found as sums of *swaps*: a swap takes two leaves of an axis, or one, for each axis, and moves counts between the at most eight
 * corners, up at some and down at the others, so that every node that holds both leaves of an axis stays as it is. The cells that
 * move must not be shown; those that would be are suppressed, and covered in their turn. Of all swaps the cheapest are taken: first
 * those that move nothing that is shown, then those that move small cells. All sums of all axes take part at once; nodes need not
 * form a tree.
 *
 * The corners are those of the hypercube method (Repsilber; Giessing and Repsilber 2002, in tau-ARGUS), here over leaves and not
 * table by table, so that sums of sums need no rounds of their own. Primary rules, complementary suppression and the
 * interval an intruder can solve for: Willenborg and de Waal, Elements of Statistical Disclosure Control (2001); Hundepool et al.,
 * Statistical Disclosure Control (2012), chapter 4; the audit by linear programming: Cox 1995. The tests do that audit.
 *
 * What was shown stays shown (`FIXED`) and no swap moves it, so that the proof holds for all answers together, also of sums over
 * those stations that had answered at the time.
 *
 * Not protected against: what two tables say of each other (a count that is part of another family's), what an intruder knows from
 * elsewhere (a station knows its own counts, and can take them from a sum it shares with one other), and guesses at why just
 * these cells were taken.
 */
import type { CountTable } from './count-table.ts';
import { cellsOf } from './protection/cells.ts';
import type { Cells } from './protection/cells.ts';
import { connectedTo } from './protection/connected.ts';
import { createCover } from './protection/cover.ts';
import { latticeOf } from './protection/lattice.ts';
import { Standing } from './standing.ts';

/** What is to be protected, and how much. */
export interface ProtectOptions {
  readonly table: CountTable;
  /** The `Standing` of each cell, at its place (`cellAt`). */
  readonly standing: Uint8Array;
  /** Counts from 1 to below this are not shown, and nobody may narrow down what is not shown to a range below this. */
  readonly threshold: number;
  /** A cell is not shown when a single leaf of the areas makes up this share of it or more; null where that does not matter. */
  readonly dominance: number | null;
}

/** What came of it. */
export interface Protection {
  /** The count of each cell, at its place. */
  readonly counts: Float64Array;
  /** 1 for each `OPEN` cell that is not shown, 0 for all others. */
  readonly suppressed: Uint8Array;
  /**
   * The cells for which no cover was found, at their places: what was shown before may tell of them more than it should. None, when
   * what is `FIXED` came from here, on the same counts and with the same cells `HIDDEN`, but for rare ones that are covered and the
   * cover was not found again. No `OPEN` cell is shown that would say more of them.
   */
  readonly uncovered: readonly number[];
}

/** Which cells are shown. The same table always has the same answer. */
export function protect(options: ProtectOptions): Protection {
  const lattice = latticeOf(options.table);
  const cells = cellsOf(options);
  const { counts, suppressed, needs, covered } = cells;
  const waiting = targets(options, cells);
  const uncovered: number[] = [];
  const cover = createCover(lattice, cells, (cell) => waiting.push(cell));
  // Grows while it is gone through.
  for (const cell of waiting) {
    if ((covered[cell] ?? 0) < (needs[cell] ?? 0) && !cover(cell)) uncovered.push(cell);
  }
  if (uncovered.length > 0) for (const cell of connectedTo(uncovered, lattice, options)) suppressed[cell] = 1;
  return { counts, suppressed, uncovered };
}

/** What has to be covered from the beginning: small cells first: what moves them moves many of the large ones too. */
function targets({ table, standing }: ProtectOptions, { suppressed }: Cells): number[] {
  const [areas, periods, classes] = table.axes;
  const found: { cell: number; size: number }[] = [];
  let cell = 0;
  for (const area of areas.nodes) {
    for (const period of periods.nodes) {
      for (const of of classes.nodes) {
        if (standing[cell] === Standing.HIDDEN || suppressed[cell] === 1) {
          found.push({ cell, size: area.leaves.length * period.leaves.length * of.leaves.length });
        }
        cell += 1;
      }
    }
  }
  return found.sort((one, other) => one.size - other.size).map((target) => target.cell);
}
