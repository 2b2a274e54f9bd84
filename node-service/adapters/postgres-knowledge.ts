/**
 * The hot read of a check: what the station knows of a donor without asking anybody, its own records and its copy of the donor
 * log in one prepared statement over the pool. The lookups that arrive in the same turn of the event loop share one execution.
 */
import DataLoader from 'dataloader';
import type { Pool } from 'pg';

import { Fault } from '#schema/errors.ts';
import type { DonorHolding } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';

import type { HistoryEvent } from '../domain/history.ts';
import type { DonorKnowledge, KnowledgePort } from '../ports.ts';
import { addOwnFact, emptyHolding, ownFactsOf } from './own-facts.ts';
import type { OwnFactRow } from './own-facts.ts';
import { eventOf } from './postgres-inbox/event-rows.ts';
import type { EventRow } from './postgres-inbox/event-rows.ts';

/** Milliseconds since 1970, in a form neither side has to parse. */
const milliseconds = (column: string): string => `date_part('epoch', ${column}) * 1000`;

/** Everything known of a donor, who is an expression. An own fact has empty columns where an event has its place. */
const knownOf = (donor: string): string => `
  SELECT own.what, own.since, own.until, own.volume_ml, own.outcome, NULL::uuid AS id, NULL::text AS origin,
    NULL::float8 AS log_offset, NULL::float8 AS appended_at, NULL::boolean AS is_own, NULL::uuid AS about,
    NULL::text AS procedure, NULL::float8 AS collected_at, NULL::uuid AS permit, NULL::int AS lifetime_ms,
    NULL::float8 AS not_after, NULL::text AS rule_set, NULL::text AS claim
  FROM (${ownFactsOf(donor)}) AS own
  UNION ALL
  SELECT type::text, since::text, until::text, volume_ml, outcome::text, id, origin,
    log_offset::float8, ${milliseconds('appended_at')}, is_own, about,
    procedure::text, ${milliseconds('collected_at')}, permit, lifetime_ms,
    ${milliseconds('not_after')}, rule_set, claim::text
  FROM event WHERE event.token = ${donor}`;

/** For the donor `$1`. PostgreSQL keeps the plan, which it does not where it must guess how many donors there are. */
const one = { name: 'knowledge', text: `SELECT 1 AS place, known.* FROM (${knownOf('$1')}) AS known` };

/** For the donors `$1`, with the place of each in `$1`, counted from 1. */
const many = {
  name: 'knowledge-of-many',
  text: `
    SELECT asked.place::int, known.*
    FROM unnest($1::bytea[]) WITH ORDINALITY AS asked(token, place)
    CROSS JOIN LATERAL (${knownOf('asked.token')}) AS known`,
};

type LogRow = [
  place: number,
  type: EventRow[7],
  since: EventRow[14],
  until: EventRow[15],
  volumeMl: EventRow[11],
  outcome: EventRow[12],
  id: EventRow[3],
  origin: EventRow[0],
  offset: number,
  appendedAt: number,
  isOwn: boolean,
  about: EventRow[8],
  procedure: EventRow[9],
  collectedAt: number | null,
  permit: EventRow[13],
  lifetimeMs: number,
  notAfter: number | null,
  ruleSet: string,
  claim: EventRow[19],
];
/** An own fact has no id. */
type Row = LogRow | [...OwnFactRow, id: null];

const isLogRow = (row: Row): row is LogRow => row[6] !== null;

const noToken = Buffer.alloc(0);

// Columns are taken by their place: to destructure a row goes through its iterator, which is felt in a batch.
function historyEventOf(row: LogRow): HistoryEvent {
  const id = row[6];
  const origin = row[7];
  const offset = row[8];
  const appendedAt = Math.round(row[9]);
  const isOwn = row[10];
  const procedure = row[12];
  const collected = row[13];
  const collectedAt = collected === null ? '' : new Date(Math.round(collected)).toISOString();
  if (row[1] === 'donation.recorded' && procedure !== null) {
    const donation = { procedure, collectedAt, volumeMl: row[4], outcome: row[5] };
    const body = { type: row[1], donation, permit: row[14] };
    return { id, origin, offset, appendedAt, isOwn, body, claim: null };
  }
  const last = row[16] === null ? 0 : Math.round(row[16]);
  // prettier-ignore
  return eventOf([
    origin, 0, noToken, id, offset, appendedAt, isOwn, row[1], row[11], procedure, collectedAt, row[4], row[5], row[14],
    row[2], row[3], row[15], last, row[17], row[18],
  ]);
}

interface Known extends DonorKnowledge {
  readonly own: DonorHolding;
  readonly history: HistoryEvent[];
}

async function read(pool: Pool, tokens: readonly DonorToken[]): Promise<DonorKnowledge[]> {
  const known = tokens.map((token): Known => ({ own: emptyHolding(token), history: [] }));
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
    const donor = known[row[0] - 1];
    if (donor === undefined) continue;
    if (isLogRow(row)) donor.history.push(historyEventOf(row));
    else addOwnFact(donor.own, row);
  }
  for (const { history } of known) if (history.length > 1) history.sort((a, b) => a.offset - b.offset);
  return known;
}

interface Options {
  /** The pool Prisma's adapter shares. */
  readonly pool: Pool;
  /** Whether the station's first import is done. Half of what a station knows would pass for all of it. */
  readonly isLoaded: () => Promise<boolean>;
}

/** Reads fail with `STATION_NOT_READY` until the station is loaded, and with `DATABASE_UNAVAILABLE`. */
export function createPostgresKnowledge({ pool, isLoaded }: Options): KnowledgePort {
  let loaded = false;

  async function knowledgeOfMany(tokens: readonly DonorToken[]): Promise<DonorKnowledge[]> {
    loaded ||= await isLoaded();
    if (!loaded) throw new Fault('STATION_NOT_READY');
    return read(pool, tokens);
  }

  const loader: DataLoader<DonorToken, DonorKnowledge> = new DataLoader(knowledgeOfMany, {
    maxBatchSize: 200,
    // Who asks for the same donor in the same turn shares the answer; who asks later asks anew.
    batchScheduleFn: (dispatch) =>
      setImmediate(() => {
        loader.clearAll();
        dispatch();
      }),
  });
  return {
    knowledgeOf: (token) => loader.load(token),
    knowledgeOfMany,
  };
}
