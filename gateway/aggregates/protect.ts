/** Decides once for a whole table which of its cells are shown. */
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
