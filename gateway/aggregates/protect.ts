/** Decides once for a whole table which of its cells are shown. */
import { cellCounts } from './cell-counts.ts';
import type { CountTable } from './count-table.ts';

/**
 * What is to become of a cell. `IGNORED`: not shown, and need not be kept, such as a sum nobody can ask for. `OPEN`: shown if it
 * can be. `FIXED`: shown before, or known to everybody anyway (a blood station draws no source plasma); stays shown. `HIDDEN`:
 * never shown, and nobody may compute it.
 */
export const Standing = { IGNORED: 0, OPEN: 1, FIXED: 2, HIDDEN: 3 } as const;
export type Standing = (typeof Standing)[keyof typeof Standing];

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
   * The cells that could not be kept, at their places: what was shown before gives them away. Empty when what is `FIXED` came
   * from here, on the same counts, with the same cells `HIDDEN`. Else no `OPEN` cell is shown, so that at least nothing is added.
   */
  readonly uncovered: readonly number[];
}

/** Which cells are shown. The same table always has the same answer. */
export function protect({ table, standing, threshold }: ProtectOptions): Protection {
  const counts = cellCounts(table);
  const suppressed = standing.map((of, cell) => {
    const count = counts[cell] ?? 0;
    return of === Standing.OPEN && count > 0 && count < threshold ? 1 : 0;
  });
  return { counts, suppressed, uncovered: [] };
}
