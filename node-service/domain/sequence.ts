/** What a node has heard of one origin in one partition, by the numbers the origin gives its events: 1, 2, 3 ... */

/** What was heard: everything up to `upTo`, and some beyond, up to `highest`; equal when nothing is missing. */
export interface Heard {
  readonly upTo: number;
  readonly highest: number;
  /**
   * The lowest number that is doubtful until the origin was asked: it said two things under it, or we may have only a
   * later copy of it and so not its place. Null without one.
   */
  readonly forkedAt: number | null;
}

export const nothingHeard: Heard = { upTo: 0, highest: 0, forkedAt: null };

/** Whether everything the origin has said up to `seq` was heard, and nothing of it is in doubt. */
export function isCompleteTo({ upTo, forkedAt }: Heard, seq: number): boolean {
  return upTo >= seq && (forkedAt === null || forkedAt > seq);
}

/** Whether something is missing or doubtful. */
export function isBroken({ upTo, highest, forkedAt }: Heard): boolean {
  return highest > upTo || forkedAt !== null;
}
