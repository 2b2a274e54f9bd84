/** What became of one claim of this station, as its copy of the log has it. */
import type { Pool } from 'pg';

import type { EventId, StationCode } from '#schema/ids.ts';

import type { ClaimOutcome } from '../domain/history.ts';
import type { JudgedClaim } from '../ports.ts';

const statement = {
  name: 'claim-outcome',
  text: `
    SELECT claim AS outcome, extract(epoch FROM appended_at)::float8 * 1000 AS "appendedAt" FROM outbox JOIN event USING (partition, seq)
    WHERE outbox.id = $1 AND event.origin = $2 AND event.id = outbox.id`,
};

interface Row {
  readonly outcome: ClaimOutcome | null;
  readonly appendedAt: number;
}

/** Answers null while the claim is not in the copy. */
export function createPostgresClaims(pool: Pool, station: StationCode): (id: EventId) => Promise<JudgedClaim | null> {
  return async (id) => {
    const { rows } = await pool.query<Row>({ ...statement, values: [id, station] });
    const [row] = rows;
    return row === undefined || row.outcome === null
      ? null
      : { outcome: row.outcome, appendedAt: Math.round(row.appendedAt) };
  };
}
