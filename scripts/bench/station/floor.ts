/** The floor of a station: the bare queries for the rows an eligibility answer rests on, prepared, on a pool. */
import type { Pool, QueryResult } from 'pg';

import type { DonorToken } from '#schema/ids.ts';

const rowsWhere = (condition: string): string => `
  SELECT token, origin, type::text AS what, procedure::text, collected_at, since, until, volume_ml, outcome::text FROM event WHERE ${condition}
  UNION ALL SELECT token, NULL, 'OWN', procedure::text, collected_at, collected_on, NULL::date, volume_ml, outcome::text FROM donation WHERE ${condition}
  UNION ALL SELECT token, NULL, 'BAR', NULL, NULL, confirmed_on, cleared_on, NULL, NULL FROM lookout WHERE ${condition}
  UNION ALL SELECT token, NULL, 'HOME', NULL, NULL, registered_on, released_on, NULL, NULL FROM registration WHERE ${condition}`;

const bytesOf = (token: DonorToken): Buffer => Buffer.from(token, 'base64url');

/** The rows of one donor. */
export function queryOne(pool: Pool, token: DonorToken): Promise<QueryResult> {
  return pool.query({ name: 'one', text: rowsWhere('token = $1'), values: [bytesOf(token)] });
}

/** The rows of many donors. */
export function queryMany(pool: Pool, tokens: readonly DonorToken[]): Promise<QueryResult> {
  return pool.query({ name: 'many', text: rowsWhere('token = ANY($1)'), values: [tokens.map(bytesOf)] });
}
