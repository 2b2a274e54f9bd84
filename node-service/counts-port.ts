/** What a station counts of itself, as its parts see it. What each family counts is in `schema/count-families.ts`. */
import type { CountsInput, StationCounts } from '#schema/aggregates.ts';

/** The station's tally and its books. Each method rejects with `DATABASE_UNAVAILABLE`. */
export interface BooksPort {
  /**
   * Takes what changed into the tally and closes the months that are due. Does nothing while the first import runs. Whoever
   * asks meanwhile shares it.
   */
  keep(): Promise<void>;
  /**
   * What was counted in a family and year, as it was when the books were closed. Rejects with `STATION_NOT_READY` while the first
   * import runs, and when books that are due are not closed within some seconds.
   */
  closedCounts(asked: CountsInput): Promise<StationCounts>;
}
