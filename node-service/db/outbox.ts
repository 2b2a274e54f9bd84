/**
 * Telling the federation: what a fact says goes into the outbox in the transaction that makes the fact, so that there is
 * never one without the other. The relay counts and sends it later; nothing here waits for the log.
 */
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { Fault } from '#schema/errors.ts';
import { EventBody } from '#schema/events.ts';
import type { DonorToken, EventId } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';

import type { PrismaClient } from './client.ts';
import { bytesOf, tokenOf } from './columns.ts';

/** The transaction of a fact. */
export type FactTransaction = Pick<PrismaClient, '$executeRaw'>;

/** What is told. */
export interface Told {
  readonly token: DonorToken;
  readonly body: EventBody;
  /** When the station wrote it down. */
  readonly at: Date;
  /** How many partitions the donor log has, by the federation's policy. */
  readonly partitions: number;
  /** The event's id, where it had to be known before; a new one when left out. */
  readonly id?: EventId;
}

/** What a module needs to tell the federation something. */
export interface Telling {
  /** How many partitions the donor log has, by the federation's policy. */
  readonly partitions: number;
  /** Called after the commit: wakes the relay of this process. */
  readonly onTold: () => void;
}

const timeOf = (id: EventId): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/**
 * A UUID version 7: of two made in one process, the later one is greater.
 *
 * @param after one of another process perhaps, whose clock was ahead: the new one is greater than it all the same.
 */
export function newEventId(after?: EventId): EventId {
  const id = uuidv7() as EventId;
  return after === undefined || after < id ? id : (uuidv7({ msecs: timeOf(after) + 1 }) as EventId);
}

/** Where the relay of another process hears that there is something to send. */
export const outboxChannel = 'lookout_outbox';

function columnsOf({ token, body, partitions, id = newEventId() }: Told) {
  // What the relay could not read again would stand in the way of everything after it, so it never gets in.
  const said = EventBody.parse(body);
  const bytes = bytesOf(token);
  // Of the bytes as they will be read: the same 32 bytes can be written in four ways, and a partition is of the text.
  const partition = partitionOf(tokenOf(bytes), partitions);
  return { id, partition, bytes, said: JSON.stringify(said) };
}

/** Puts an event into the outbox; the relay is notified when the transaction commits. Answers the event's id. */
export async function tell(transaction: FactTransaction, told: Told): Promise<EventId> {
  const { id, partition, bytes, said } = columnsOf(told);
  await transaction.$executeRaw`
    WITH told AS (
      INSERT INTO outbox (id, partition, token, at, body)
      VALUES (${id}::uuid, ${partition}::smallint, ${bytes}, ${told.at}, ${said}::jsonb))
    SELECT pg_notify(${outboxChannel}, '')`;
  return id;
}

const alone = {
  name: 'tell-alone',
  text: `WITH told AS (INSERT INTO outbox (id, partition, token, at, body) VALUES ($1, $2, $3, $4, $5))
    SELECT pg_notify($6, '')`,
};

/** The same for what no table of the station's own has to hold, in one prepared statement. Rejects with `DATABASE_UNAVAILABLE`. */
export async function tellAlone(pool: Pool, told: Told): Promise<EventId> {
  const { id, partition, bytes, said } = columnsOf(told);
  const values = [id, partition, bytes, told.at, said, outboxChannel];
  await pool.query({ ...alone, values }).catch((cause: unknown) => {
    throw new Fault('DATABASE_UNAVAILABLE', { cause });
  });
  return id;
}
