/** The floor of a station: the bare queries for the rows an eligibility answer rests on, prepared, on a pool. */
import type { Pool, QueryResult } from 'pg';

import type { DonorToken } from '#schema/ids.ts';

const rowsWhere = (condition: string): string => `
  SELECT token, procedure::text AS what, collected_on AS since, NULL::date AS until, volume_ml, outcome::text FROM donation WHERE ${condition}
  UNION ALL SELECT token, 'BAR', confirmed_on, cleared_on, NULL, NULL FROM lookout WHERE ${condition}
  UNION ALL SELECT token, 'HOME', registered_on, released_on, NULL, NULL FROM registration WHERE ${condition}`;

const bytesOf = (token: DonorToken): Buffer => Buffer.from(token, 'base64url');

/** The rows of one donor. */
export function queryOne(pool: Pool, token: DonorToken): Promise<QueryResult> {
  return pool.query({ name: 'one', text: rowsWhere('token = $1'), values: [bytesOf(token)] });
}

/** The rows of many donors. */
export function queryMany(pool: Pool, tokens: readonly DonorToken[]): Promise<QueryResult> {
  return pool.query({ name: 'many', text: rowsWhere('token = ANY($1)'), values: [tokens.map(bytesOf)] });
}
