/**
 * The leaves of an axis, put together where no node tells them apart: stations that are only ever shown by their province are one
 * atom. What moves between the leaves of an atom moves no cell.
 */
import type { Axis } from '../count-table.ts';

/** In place of an atom: outside the table. */
export const nowhere = -1;

/** An axis by its atoms. */
export interface AxisAtoms {
  readonly size: number;
  /** The atom of each leaf; `nowhere` for a leaf in no node. */
  readonly ofLeaf: Int32Array;
  /** The atoms in each node. */
  readonly inNode: readonly Int32Array[];
  /** The nodes around each atom, rising. */
  readonly nodesOf: readonly Int32Array[];
  /** Whether a node has an atom in it; nothing is `nowhere`. */
  has(node: number, atom: number): boolean;
  /** All atoms, those first that share most nodes with this one: stations of its province and kind, then others. */
  nearest(atom: number): Int32Array;
}

/** The nodes each leaf is in. */
function nodesByLeaf({ leaves, nodes }: Axis): number[][] {
  const around = Array.from({ length: leaves }, (): number[] => []);
  nodes.forEach((node, at) => {
    for (const leaf of node.leaves) around[leaf]?.push(at);
  });
  return around;
}

/** Puts the leaves of an axis together. */
export function atomsOf(axis: Axis): AxisAtoms {
  const atoms = new Map<string, number>();
  const nodesOf: Int32Array[] = [];
  const ofLeaf = Int32Array.from(nodesByLeaf(axis), (nodes) => {
    if (nodes.length === 0) return nowhere;
    const key = nodes.join();
    const known = atoms.get(key);
    if (known !== undefined) return known;
    atoms.set(key, nodesOf.length);
    return nodesOf.push(Int32Array.from(nodes)) - 1;
  });
  const size = nodesOf.length;
  const member = new Uint8Array(axis.nodes.length * size);
  const inNode = axis.nodes.map(() => [] as number[]);
  nodesOf.forEach((nodes, atom) => {
    for (const node of nodes) {
      member[node * size + atom] = 1;
      inNode[node]?.push(atom);
    }
  });
  const sizes = inNode.map((of) => of.length);
  return {
    size,
    ofLeaf,
    inNode: inNode.map((of) => Int32Array.from(of)),
    nodesOf,
    has: (node, atom) => atom !== nowhere && member[node * size + atom] === 1,
    nearest: nearestOf(nodesOf, sizes),
  };
}

/** How much would have to move around two atoms that trade: the atoms of all nodes that hold only one of them. */
function distance(one: Int32Array, other: Int32Array, sizes: readonly number[]): number {
  let far = 0;
  for (const node of one) if (!other.includes(node)) far += sizes[node] ?? 0;
  for (const node of other) if (!one.includes(node)) far += sizes[node] ?? 0;
  return far;
}

/** Atoms that differ only in nodes of their own have the same order, which is made once for all of them. */
function nearestOf(nodesOf: readonly Int32Array[], sizes: readonly number[]): (atom: number) => Int32Array {
  const shared = nodesOf.map((nodes) => nodes.filter((node) => (sizes[node] ?? 0) > 1));
  const groups = shared.map((nodes) => nodes.join());
  const members = Map.groupBy(groups.keys(), (atom) => groups[atom] ?? '');
  const orders = new Map<string, Int32Array>();
  return (atom) => {
    const group = groups[atom] ?? '';
    const known = orders.get(group);
    if (known !== undefined) return known;
    const from = shared[atom] ?? new Int32Array();
    const far = [...members.values()].map((of) => ({
      of,
      far: distance(from, shared[of[0] ?? 0] ?? from, sizes),
    }));
    const order = Int32Array.from(far.sort((one, other) => one.far - other.far).flatMap(({ of }) => of));
    orders.set(group, order);
    return order;
  };
}
