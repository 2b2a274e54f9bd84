/**
 * The hot read: what this station holds of a donor. A prepared statement over the pool; the lookups that arrive in
 * the same turn of the event loop share one execution.
 */
import DataLoader from 'dataloader';
import type { Pool } from 'pg';

import { Fault } from '#schema/errors.ts';
import type { DonorHolding } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';

import type { HoldingPort } from '../ports.ts';
import { addOwnFact, emptyHolding, ownFactsOf } from './own-facts.ts';
import type { OwnFactRow } from './own-facts.ts';

/** For the donor `$1`. PostgreSQL keeps the plan, which it does not where it must guess how many donors there are. */
const one = { name: 'holding', text: `SELECT 1 AS place, held.* FROM (${ownFactsOf('$1')}) AS held` };

/** For the donors `$1`, with the place of each in `$1`, counted from 1. */
const many = {
  name: 'holdings',
  text: `
    SELECT asked.place::int, held.*
    FROM unnest($1::bytea[]) WITH ORDINALITY AS asked(token, place)
    CROSS JOIN LATERAL (${ownFactsOf('asked.token')}) AS held`,
};

async function read(pool: Pool, tokens: readonly DonorToken[]): Promise<DonorHolding[]> {
  const holdings = tokens.map(emptyHolding);
  const asked = tokens.map((token) => Buffer.from(token, 'base64url'));
  const { rows } = await pool
    .query<OwnFactRow>({
      ...(asked.length === 1 ? { ...one, values: asked } : { ...many, values: [asked] }),
      rowMode: 'array',
    })
    .catch((cause: unknown) => {
      throw new Fault('DATABASE_UNAVAILABLE', { cause });
    });
  for (const row of rows) {
    const holding = holdings[row[0] - 1];
    if (holding !== undefined) addOwnFact(holding, row);
  }
  return holdings;
}

interface Options {
  /** The pool Prisma's adapter shares. */
  readonly pool: Pool;
  /** Whether the station's first import is done. Half of what a station knows would pass for all of it. */
  readonly isLoaded: () => Promise<boolean>;
}

/** Reads fail with `STATION_NOT_READY` until the station is loaded, and with `DATABASE_UNAVAILABLE`. */
export function createPostgresHoldings({ pool, isLoaded }: Options): HoldingPort {
  let loaded = false;

  async function holdingsOf(tokens: readonly DonorToken[]): Promise<DonorHolding[]> {
    loaded ||= await isLoaded();
    if (!loaded) throw new Fault('STATION_NOT_READY');
    return read(pool, tokens);
  }

  const loader = new DataLoader(holdingsOf, {
    cache: false,
    maxBatchSize: 200,
    batchScheduleFn: (dispatch) => setImmediate(dispatch),
  });
  return {
    holdingOf: (token) => loader.load(token),
    holdingsOf,
  };
}
