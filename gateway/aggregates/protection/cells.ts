/** What is known of each cell while a table is protected. */
import type { ProtectOptions } from '../protect.ts';
import { Standing } from '../standing.ts';
import { cellCounts, largestAreas } from '../cell-counts.ts';

/** All cells, each at its place. */
export interface Cells {
  readonly counts: Float64Array;
  /** What moving a cell costs: nothing for those that are not shown, `Infinity` for those that may not move. */
  readonly prices: Float64Array;
  /** Over which range a cell must be movable when it is not shown; 0 for those that need not be. */
  readonly needs: Float64Array;
  /** Over which range a cell is known to be movable. */
  readonly covered: Float64Array;
  /** 1 for `OPEN` cells that are not shown. */
  readonly suppressed: Uint8Array;
}

/** The share of a dominated cell over which it must be movable: who knows it better than that knows the one behind it. */
const dominatedRange = 0.1;

/** A 0 that moves leaves no room on its side, so that more must be moved elsewhere. */
const noRoom = 10;

/** How many leaves a cell adds up. */
function sizeOf({ axes: [areas, periods, classes] }: ProtectOptions['table'], cell: number): number {
  const [p, c] = [periods.nodes.length, classes.nodes.length];
  const area = areas.nodes[Math.floor(cell / (p * c))]?.leaves.length ?? 0;
  const period = periods.nodes[Math.floor(cell / c) % p]?.leaves.length ?? 0;
  return area * period * (classes.nodes[cell % c]?.leaves.length ?? 0);
}

/** Cells as they are before anything is covered: small and dominated ones suppressed, all others that are `OPEN` shown. */
export function cellsOf({ table, standing, threshold, dominance }: ProtectOptions): Cells {
  const counts = cellCounts(table);
  const largest = dominance === null ? null : largestAreas(table);
  const [prices, needs] = [new Float64Array(counts.length), new Float64Array(counts.length)];
  const suppressed = new Uint8Array(counts.length);
  counts.forEach((count, cell) => {
    const of = standing[cell];
    const dominated = largest !== null && dominance !== null && (largest[cell] ?? 0) >= dominance * count;
    if (of === Standing.FIXED) prices[cell] = Infinity;
    if (count > 0 && (of === Standing.OPEN || of === Standing.HIDDEN)) {
      needs[cell] = dominated ? Math.max(threshold, Math.ceil(dominatedRange * count)) : threshold;
    }
    if (of !== Standing.OPEN) return;
    if (count > 0 && (count < threshold || dominated)) suppressed[cell] = 1;
    else prices[cell] = sizeOf(table, cell) + (count === 0 ? noRoom : 0);
  });
  return { counts, prices, needs, suppressed, covered: new Float64Array(counts.length) };
}
