/**
 * Places that keep their order though the log is made anew. A log whose topic was deleted and made again begins at offset
 * 0, and what it says then comes after everything it said before: its offsets are counted from the next epoch on.
 */

/** No partition will ever hold so many records, and no log be made anew so often (`logEpoch` of the directory's policy). */
const epochLength = 2 ** 40;

/** Where a partition stands in the log that is there now. */
export interface Standing {
  /** How often the log was made anew, as far as was seen or said. */
  readonly epoch: number;
  /** The offset of the next record wanted in the log that is there now. */
  readonly offset: number;
}

/** The place of an offset of the log that is there now. */
export function placeOf(epoch: number, offset: number): number {
  return epoch * epochLength + offset;
}

/**
 * Where to go on reading.
 *
 * @param position the next place wanted.
 * @param end the offset after the last record of the log that is there now; when the position lies beyond it, this is
 *   another log than the one that was read.
 * @param lowest the number of the log that is there now is not lower than this: what was read in a lower one was another.
 */
export function standingAt(position: number, end: number, lowest = 0): Standing {
  const epoch = Math.floor(position / epochLength);
  const offset = position % epochLength;
  if (epoch < lowest) return { epoch: lowest, offset: 0 };
  return offset <= end ? { epoch, offset } : { epoch: epoch + 1, offset: 0 };
}
