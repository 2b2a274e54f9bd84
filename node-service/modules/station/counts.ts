/**
 * The counts of a station as they are told to the gateway that gathers figures: of closed months only, as they were when their
 * books were closed. What is counted is in `schema/count-families.ts`.
 */
import type { StationCounts } from '#schema/aggregates.ts';
import { CountsInput } from '#schema/aggregates.ts';
import { Refused } from '#schema/errors.ts';

import type { BooksPort } from '../../counts-port.ts';

export interface Counts {
  /**
   * What was counted in one family and year, by period and class. Rejects with `STATION_NOT_READY` while the first import runs or books that
   * are due are not closed yet, and with `DATABASE_UNAVAILABLE`. Refuses `BAD_INPUT`.
   */
  of(family: CountsInput['family'], year: number): Promise<StationCounts>;
}

export function createCounts(books: Pick<BooksPort, 'closedCounts'>): Counts {
  return {
    async of(family, year) {
      const asked = CountsInput.safeParse({ family, year });
      if (!asked.success) throw new Refused('BAD_INPUT', 'year: 1990 to 2199');
      return books.closedCounts(asked.data);
    },
  };
}
