/** What swaps cost at the least, before it is known which other area takes part. */
import type { AxisMove } from './axis-move.ts';
import type { Lattice } from './lattice.ts';

/** The price of moving what an area has by itself: nodes that hold nothing else move, whatever it is exchanged for. */
export function createLeastPrice(
  { areas, periodNodes, classNodes }: Lattice,
  prices: Float64Array,
): (area: number, period: AxisMove, of: AxisMove) => number {
  const own = areas.nodesOf.map((nodes) => nodes.filter((node) => areas.inNode[node]?.length === 1));
  return (area, period, of) => {
    let price = 0;
    for (const node of own[area] ?? []) {
      for (let j = 0; j < period.length; j += 1) {
        const row = (node * periodNodes + (period.nodes[j] ?? 0)) * classNodes;
        for (let k = 0; k < of.length; k += 1) price += prices[row + (of.nodes[k] ?? 0)] ?? 0;
      }
    }
    return price;
  };
}
