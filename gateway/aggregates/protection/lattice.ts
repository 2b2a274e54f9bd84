/** A table by its atoms, and where things are in it. */
import type { CountTable } from '../count-table.ts';
import { atomsOf } from './axis-atoms.ts';
import type { AxisAtoms } from './axis-atoms.ts';

interface AtomAxes {
  readonly areas: AxisAtoms;
  readonly periods: AxisAtoms;
  readonly classes: AxisAtoms;
}

/** A table by its atoms. */
export interface Lattice extends AtomAxes {
  /** The count of each combination of atoms, areas first, classes last. */
  readonly counts: Float64Array;
  /** How many nodes the periods and the classes have, by which cells are placed (`cellAt`). */
  readonly periodNodes: number;
  readonly classNodes: number;
}

/** The counts of the leaves, added up to those of the atoms. */
function atomCounts({ axes, counts }: CountTable, { areas, periods, classes }: AtomAxes): Float64Array {
  const sums = new Float64Array(areas.size * periods.size * classes.size);
  let at = 0;
  for (let area = 0; area < axes[0].leaves; area += 1) {
    for (let period = 0; period < axes[1].leaves; period += 1) {
      for (let of = 0; of < axes[2].leaves; of += 1, at += 1) {
        const [a, p, c] = [areas.ofLeaf[area] ?? -1, periods.ofLeaf[period] ?? -1, classes.ofLeaf[of] ?? -1];
        if (a < 0 || p < 0 || c < 0) continue;
        const to = (a * periods.size + p) * classes.size + c;
        sums[to] = (sums[to] ?? 0) + (counts[at] ?? 0);
      }
    }
  }
  return sums;
}

/** Puts the leaves of a table together. */
export function latticeOf(table: CountTable): Lattice {
  const [areas, periods, classes] = [atomsOf(table.axes[0]), atomsOf(table.axes[1]), atomsOf(table.axes[2])];
  return {
    areas,
    periods,
    classes,
    counts: atomCounts(table, { areas, periods, classes }),
    periodNodes: table.axes[1].nodes.length,
    classNodes: table.axes[2].nodes.length,
  };
}
