/**
 * Facts of before the donor log become events like any other, some at a time. Each batch is one transaction, so that what
 * was told before a crash is not told again.
 */
import type { Pool, PoolClient } from 'pg';

import type { CivilDate } from '#schema/calendar.ts';
import { Fault } from '#schema/errors.ts';
import type { EventBody } from '#schema/events.ts';
import type { EventId } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';

import { tokenOf } from '../db/columns.ts';
import { newEventId, outboxChannel } from '../db/outbox.ts';
import { donationRecorded } from '../domain/telling.ts';
import type { Draw } from '../domain/telling.ts';
import type { UntoldPort } from '../ports.ts';

interface UntoldDonation extends Draw {
  readonly number: string;
  readonly token: Buffer;
  readonly at: Date;
  readonly permit: EventId | null;
}

/** A lookout or a registration. */
interface UntoldSpan {
  readonly number: string;
  readonly token: Buffer;
  readonly at: Date;
  readonly since: CivilDate;
  readonly until: CivilDate | null;
}

/** What one fact says: first what happened, and then perhaps that it is over. */
type Saying = readonly [first: EventBody, ...EventBody[]];

const saysDonation = (donation: UntoldDonation): Saying => [donationRecorded(donation, donation.permit)];

function saysLookout({ since, until }: UntoldSpan, of: EventId): Saying {
  const set: EventBody = { type: 'bar.set', since };
  return until === null ? [set] : [set, { type: 'bar.lifted', of, until }];
}

function saysRegistration({ since, until }: UntoldSpan, of: EventId): Saying {
  const claimed: EventBody = { type: 'registration.claimed', since };
  return until === null ? [claimed] : [claimed, { type: 'registration.released', of, until }];
}

/** A kind of fact: its table and the column of its number, how it is read, and what it says. */
interface Kind<Fact extends { number: string; token: Buffer; at: Date }> {
  readonly table: string;
  readonly number: string;
  readonly columns: string;
  readonly says: (fact: Fact, of: EventId) => Saying;
}

const donations: Kind<UntoldDonation> = {
  table: 'donation',
  number: 'donation_no',
  columns: 'procedure, collected_at AS "collectedAt", volume_ml AS "volumeMl", outcome, permit',
  says: saysDonation,
};
const lookouts: Kind<UntoldSpan> = {
  table: 'lookout',
  number: 'lookout_no',
  columns: 'confirmed_on AS since, cleared_on AS until',
  says: saysLookout,
};
const registrations: Kind<UntoldSpan> = {
  table: 'registration',
  number: 'registration_no',
  columns: 'registered_on AS since, released_on AS until',
  says: saysRegistration,
};

/** Locked, so that who corrects or closes one meanwhile waits for the batch, or the batch for them. */
const selectOf = <Fact extends UntoldDonation | UntoldSpan>({ table, number, columns }: Kind<Fact>) => `
  SELECT ${number} AS number, token, recorded_at AS at, ${columns} FROM "${table}"
  WHERE event_id IS NULL ORDER BY ${number} LIMIT $1 FOR UPDATE`;

const updateOf = <Fact extends UntoldDonation | UntoldSpan>({ table, number }: Kind<Fact>) => `
  UPDATE "${table}" f SET event_id = told.id FROM unnest($1::text[], $2::uuid[]) AS told(number, id)
  WHERE f.${number} = told.number`;

const insert = `
  INSERT INTO outbox (id, partition, token, at, body)
  SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::bytea[], $4::timestamptz[], $5::jsonb[])`;

const left = `
  SELECT (SELECT count(*) FROM donation WHERE event_id IS NULL)::float8
       + (SELECT count(*) FROM lookout WHERE event_id IS NULL)::float8
       + (SELECT count(*) FROM registration WHERE event_id IS NULL)::float8 AS left`;

interface Options {
  readonly pool: Pool;
  /** How many partitions the donor log has, by the federation's policy. */
  readonly partitions: number;
}

export function createPostgresUntold({ pool, partitions }: Options): UntoldPort {
  async function tellOf<Fact extends UntoldDonation | UntoldSpan>(
    client: PoolClient,
    kind: Kind<Fact>,
    limit: number,
  ): Promise<number> {
    const { rows: facts } = await client.query<Fact>(selectOf(kind), [limit]);
    if (facts.length === 0) return 0;
    const told = facts.map((fact) => ({ fact, id: newEventId() }));
    const rows = told.flatMap(({ fact, id }) =>
      kind.says(fact, id).map((body, index) => ({
        id: index === 0 ? id : newEventId(),
        partition: partitionOf(tokenOf(fact.token), partitions),
        token: fact.token,
        at: fact.at,
        body: JSON.stringify(body),
      })),
    );
    await client.query(insert, [
      rows.map(({ id }) => id),
      rows.map(({ partition }) => partition),
      rows.map(({ token }) => token),
      rows.map(({ at }) => at),
      rows.map(({ body }) => body),
    ]);
    await client.query(updateOf(kind), [told.map(({ fact }) => fact.number), told.map(({ id }) => id)]);
    return facts.length;
  }

  /** Bars first: until they are told, they protect nobody elsewhere. */
  async function tellSome(client: PoolClient, limit: number): Promise<number> {
    const bars = await tellOf(client, lookouts, limit);
    if (bars > 0) return bars;
    const homes = await tellOf(client, registrations, limit);
    return homes > 0 ? homes : tellOf(client, donations, limit);
  }

  async function inTransaction<Answer>(work: (client: PoolClient) => Promise<Answer>): Promise<Answer> {
    const client = await pool.connect();
    let isBroken = true;
    try {
      await client.query('BEGIN');
      const answer = await work(client);
      await client.query('SELECT pg_notify($1, $2)', [outboxChannel, '']);
      await client.query('COMMIT');
      isBroken = false;
      return answer;
    } finally {
      // A connection in the middle of a transaction is closed, which undoes it.
      client.release(isBroken);
    }
  }

  async function answered<Answer>(work: Promise<Answer>): Promise<Answer> {
    return work.catch((cause: unknown) => {
      throw new Fault('DATABASE_UNAVAILABLE', { cause });
    });
  }

  return {
    left: async () => (await answered(pool.query<{ left: number }>(left))).rows[0]?.left ?? 0,
    tell: (limit) => answered(inTransaction((client) => tellSome(client, limit))),
  };
}
