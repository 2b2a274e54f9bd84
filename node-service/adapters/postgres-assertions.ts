/** Which assertions of the station's systems have been used, over all of its instances and across restarts. */
import type { Pool } from 'pg';
import { v5 as uuidv5 } from 'uuid';

import { Fault } from '#schema/errors.ts';

/** Where the ids below are made: random, and fixed for ever. */
const namespace = '6f1d0c0e-2b54-4d5b-9c7e-0a8f3f0f5d11';

const text = `INSERT INTO exchange_seen (id, until) VALUES ($1, $2) ON CONFLICT DO NOTHING`;

export interface UsedAssertion {
  readonly client: { readonly id: string };
  readonly jti: string;
  /** In milliseconds since 1970. */
  readonly until: number;
}

/** Answers whether it comes for the first time; rejects with `DATABASE_UNAVAILABLE` when that cannot be told. */
export const createPostgresAssertions =
  (pool: Pool) =>
  async ({ client, jti, until }: UsedAssertion): Promise<boolean> => {
    const id = uuidv5(JSON.stringify([client.id, jti]), namespace);
    const inserted = await pool
      .query({ name: 'use_assertion', text, values: [id, new Date(until)] })
      .catch((cause: unknown) => {
        throw new Fault('DATABASE_UNAVAILABLE', { cause });
      });
    return inserted.rowCount === 1;
  };
