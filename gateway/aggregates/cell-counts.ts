/** What the cells of a table add up to: one axis after the other, so that no leaf is added up twice. */
import type { Axis, CountTable } from './count-table.ts';

/** An axis in the middle of an array: `outer` combinations of what stands before it, `inner` of what stands after. */
interface Place {
  readonly outer: number;
  readonly inner: number;
}

/** Takes nodes in place of the leaves of one axis. */
function sumOver({ leaves, nodes }: Axis, counts: Float64Array, { outer, inner }: Place): Float64Array {
  const sums = new Float64Array(outer * nodes.length * inner);
  for (let before = 0; before < outer; before += 1) {
    nodes.forEach((node, at) => {
      const to = (before * nodes.length + at) * inner;
      for (const leaf of node.leaves) {
        const from = (before * leaves + leaf) * inner;
        for (let after = 0; after < inner; after += 1) {
          sums[to + after] = (sums[to + after] ?? 0) + (counts[from + after] ?? 0);
        }
      }
    });
  }
  return sums;
}

/** The counts of each area leaf by the nodes of the other axes. */
function byAreaLeaf({ axes: [areas, periods, classes], counts }: CountTable): Float64Array {
  const byClass = sumOver(classes, counts, { outer: areas.leaves * periods.leaves, inner: 1 });
  return sumOver(periods, byClass, { outer: areas.leaves, inner: classes.nodes.length });
}

/** The counts of all cells, at their places (`cellAt`). */
export function cellCounts(table: CountTable): Float64Array {
  const [areas, periods, classes] = table.axes;
  return sumOver(areas, byAreaLeaf(table), { outer: 1, inner: periods.nodes.length * classes.nodes.length });
}

/** What the largest leaf of the areas adds to each cell. */
export function largestAreas(table: CountTable): Float64Array {
  const [areas, periods, classes] = table.axes;
  const inner = periods.nodes.length * classes.nodes.length;
  const counts = byAreaLeaf(table);
  const largest = new Float64Array(areas.nodes.length * inner);
  areas.nodes.forEach((node, at) => {
    for (const leaf of node.leaves) {
      for (let after = 0; after < inner; after += 1) {
        const to = at * inner + after;
        largest[to] = Math.max(largest[to] ?? 0, counts[leaf * inner + after] ?? 0);
      }
    }
  });
  return largest;
}
