/** Which cells of a table are shown, where longer periods are sums or there are none. */
import type { CountTable } from './count-table.ts';
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

export function decideOnce({ table, standing, shape: { threshold, dominance } }: Undecided): Decided {
  const { counts, suppressed } = protect({ table, standing, threshold, dominance });
  const shown = new Uint8Array(standing.length);
  standing.forEach((of, cell) => {
    if (of === Standing.FIXED || (of === Standing.OPEN && suppressed[cell] === 0)) shown[cell] = 1;
  });
  return { shown, counts };
}
