/** What became of one claim of this station, as its copy of the log has it. */
import type { Pool } from 'pg';

import type { EventId, StationCode } from '#schema/ids.ts';

import type { ClaimOutcome } from '../domain/history.ts';

const statement = {
  name: 'claim-outcome',
  text: `
    SELECT claim FROM outbox JOIN event USING (partition, seq)
    WHERE outbox.id = $1 AND event.origin = $2 AND event.id = outbox.id`,
};

/** Answers null while the claim is not in the copy. */
export function createPostgresClaims(pool: Pool, station: StationCode): (id: EventId) => Promise<ClaimOutcome | null> {
  return async (id) => {
    const { rows } = await pool.query<{ claim: ClaimOutcome | null }>({ ...statement, values: [id, station] });
    return rows[0]?.claim ?? null;
  };
}
