/** All moves there are on a short axis, made once. */
import { nowhere } from './axis-atoms.ts';
import type { AxisAtoms } from './axis-atoms.ts';
import { emptyMove, makeMove } from './axis-move.ts';
import type { AxisMove } from './axis-move.ts';

/** The moves to each atom: from the nearest first, and last from nowhere. */
export function movesTo(axis: AxisAtoms): readonly (readonly AxisMove[])[] {
  return axis.nodesOf.map((_, to) =>
    [...axis.nearest(to).filter((from) => from !== to), nowhere].map((from) =>
      makeMove(emptyMove(axis), axis, to, from),
    ),
  );
}
