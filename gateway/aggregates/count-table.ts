/**
 * Counts over three axes (areas, periods, classes). An axis has leaves, in which is counted, and nodes, each a set of leaves: a
 * leaf by itself, a province, a kind of station, a year, all. A cell is a node of each axis, and its count the sum over the
 * leaves in it. Nodes need not form a tree.
 */

/** A set of leaves that figures are given for, in rising order. */
export interface AxisNode {
  readonly name: string;
  readonly leaves: readonly number[];
}

/** An axis. */
export interface Axis {
  readonly leaves: number;
  readonly nodes: readonly AxisNode[];
}

/** A table of counts. */
export interface CountTable {
  readonly axes: readonly [areas: Axis, periods: Axis, classes: Axis];
  /** Of each combination of leaves, areas first, classes last: `counts[(area * periods.leaves + period) * classes.leaves + class]`. */
  readonly counts: Float64Array;
}

/** The place of a cell among the cells of a table, nodes in place of leaves. */
export function cellAt({ axes: [, periods, classes] }: CountTable, area: number, period: number, of: number): number {
  return (area * periods.nodes.length + period) * classes.nodes.length + of;
}
