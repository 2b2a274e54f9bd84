/** Which cells share a count with others through what is shown, directly or over several. */
import type { ProtectOptions } from '../protect.ts';
import { Standing } from '../standing.ts';
import type { Lattice } from './lattice.ts';

/** The atoms of the table in a cell, at its place. */
function atomsIn({ areas, periods, classes, periodNodes, classNodes }: Lattice, cell: number): number[] {
  const row = Math.floor(cell / classNodes);
  const atoms: number[] = [];
  for (const a of areas.inNode[Math.floor(row / periodNodes)] ?? []) {
    for (const p of periods.inNode[row % periodNodes] ?? []) {
      for (const c of classes.inNode[cell % classNodes] ?? []) atoms.push((a * periods.size + p) * classes.size + c);
    }
  }
  return atoms;
}

/** Sets of atoms that are joined (union-find with path halving). */
function createSets(size: number) {
  const parent = Int32Array.from({ length: size }, (_, at) => at);
  const find = (from: number): number => {
    let at = from;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? 0] ?? 0;
      at = parent[at] ?? 0;
    }
    return at;
  };
  return { find, join: (one: number, other: number) => (parent[find(one)] = find(other)) };
}

/** The `OPEN` cells that would say something of some others if they were shown, which those that are `FIXED` do not say. */
export function connectedTo(cells: readonly number[], lattice: Lattice, { standing }: ProtectOptions): number[] {
  const sets = createSets(lattice.counts.length);
  standing.forEach((of, cell) => {
    if (of !== Standing.FIXED) return;
    const [first, ...others] = atomsIn(lattice, cell);
    for (const other of others) sets.join(other, first ?? other);
  });
  const concerned = new Set(cells.flatMap((cell) => atomsIn(lattice, cell).map(sets.find)));
  const isConcerned = (cell: number): boolean => atomsIn(lattice, cell).some((atom) => concerned.has(sets.find(atom)));
  return [...standing.keys()].filter((cell) => standing[cell] === Standing.OPEN && isConcerned(cell));
}
