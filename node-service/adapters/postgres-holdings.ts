/**
 * The hot read: what this station holds of a donor. A prepared statement over the pool; the lookups that arrive in
 * the same turn of the event loop share one execution.
 */
import DataLoader from 'dataloader';
import type { Pool } from 'pg';

import type { CivilDate } from '#schema/calendar.ts';
import { Fault } from '#schema/errors.ts';
import type { DonorHolding } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { Outcome, Procedure } from '#schema/procedures.ts';

import type { HoldingPort } from '../ports.ts';

/** Every fact held of a donor, who is an expression. */
const factsOf = (donor: string): string => `
  SELECT procedure::text, collected_on::text AS since, NULL::text AS until, volume_ml, outcome::text
  FROM donation WHERE donation.token = ${donor}
  UNION ALL
  SELECT 'BAR', confirmed_on::text, cleared_on::text, NULL, NULL FROM lookout WHERE lookout.token = ${donor}
  UNION ALL
  SELECT 'HOME', registered_on::text, released_on::text, NULL, NULL FROM registration WHERE registration.token = ${donor}`;

/** For the donor `$1`. PostgreSQL keeps the plan, which it does not where it must guess how many donors there are. */
const one = { name: 'holding', text: `SELECT 1 AS place, held.* FROM (${factsOf('$1')}) AS held` };

/** For the donors `$1`, with the place of each in `$1`, counted from 1. */
const many = {
  name: 'holdings',
  text: `
    SELECT asked.place::int, held.*
    FROM unnest($1::bytea[]) WITH ORDINALITY AS asked(token, place)
    CROSS JOIN LATERAL (${factsOf('asked.token')}) AS held`,
};

type Day = CivilDate;

/** A row of the statement: the database holds only what was parsed on its way in. */
type Row =
  | [place: number, what: Procedure, since: Day, until: null, volumeMl: number, outcome: Outcome]
  | [place: number, what: 'BAR', since: Day, until: Day | null, volumeMl: null, outcome: null]
  | [place: number, what: 'HOME', since: Day, until: Day | null, volumeMl: null, outcome: null];

function addFact(holding: DonorHolding, row: Row): void {
  if (row[1] === 'BAR') holding.bars.push({ since: row[2], until: row[3] });
  else if (row[1] === 'HOME') holding.registrations.push({ since: row[2], until: row[3] });
  else holding.donations.push({ procedure: row[1], collectedOn: row[2], volumeMl: row[4], outcome: row[5] });
}

async function read(pool: Pool, tokens: readonly DonorToken[]): Promise<DonorHolding[]> {
  const holdings = tokens.map((token): DonorHolding => ({ token, donations: [], bars: [], registrations: [] }));
  const asked = tokens.map((token) => Buffer.from(token, 'base64url'));
  const { rows } = await pool
    .query<Row>({
      ...(asked.length === 1 ? { ...one, values: asked } : { ...many, values: [asked] }),
      rowMode: 'array',
    })
    .catch((cause: unknown) => {
      throw new Fault('DATABASE_UNAVAILABLE', { cause });
    });
  for (const row of rows) {
    const holding = holdings[row[0] - 1];
    if (holding !== undefined) addFact(holding, row);
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
