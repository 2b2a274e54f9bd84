/** What a swap does on one axis. */
import { nowhere } from './axis-atoms.ts';
import type { AxisAtoms } from './axis-atoms.ts';

/**
 * Counts go from atom `from` to atom `to`; from `nowhere`, and every node around `to` moves. Made anew in place, since a search
 * makes millions of them.
 */
export interface AxisMove {
  to: number;
  from: number;
  /** The nodes that hold exactly one of both, ... */
  readonly nodes: Int32Array;
  /** ... 1 for those with `to`, -1 for those with `from`, ... */
  readonly signs: Int8Array;
  /** ... and how many they are. */
  length: number;
}

/** A move to be made. */
export function emptyMove({ inNode }: AxisAtoms): AxisMove {
  return { to: 0, from: nowhere, nodes: new Int32Array(inNode.length), signs: new Int8Array(inNode.length), length: 0 };
}

function add(move: AxisMove, node: number, sign: number): void {
  move.nodes[move.length] = node;
  move.signs[move.length] = sign;
  move.length += 1;
}

/** Makes a move. Both lists of nodes rise, so they are gone through once, side by side. */
export function makeMove(move: AxisMove, { nodesOf }: AxisAtoms, to: number, from: number): AxisMove {
  const up = nodesOf[to] ?? none;
  const down = from === nowhere ? none : (nodesOf[from] ?? none);
  move.to = to;
  move.from = from;
  move.length = 0;
  let at = 0;
  for (const node of up) {
    let other = down[at] ?? Infinity;
    while (other < node) {
      add(move, other, -1);
      at += 1;
      other = down[at] ?? Infinity;
    }
    if (other === node) at += 1;
    else add(move, node, 1);
  }
  for (; at < down.length; at += 1) add(move, down[at] ?? 0, -1);
  return move;
}

const none = new Int32Array();
