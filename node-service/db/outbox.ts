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

/** An event as the outbox takes it. */
export interface UncountedEvent extends Pick<Told, 'body' | 'at'> {
  readonly id: EventId;
  readonly partition: number;
  /** Of its 32 bytes, as they will be read. */
  readonly token: DonorToken;
}

/** What a module needs to tell the federation something. */
export interface Telling {
  /** How many partitions the donor log has, by the federation's policy. */
  readonly partitions: number;
  /** Called after the commit: wakes the relay of this process. */
  readonly onTold: () => void;
  /**
   * Puts an event into the outbox, in a transaction of its own, and sends it at once; answers whether it did, and has done
   * nothing otherwise: where another instance runs the relay, or it has other things to send. Rejects with `DATABASE_UNAVAILABLE`.
   */
  readonly atOnce?: (event: UncountedEvent) => Promise<boolean>;
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

function uncounted({ token: named, body, at, partitions, id = newEventId() }: Told): UncountedEvent {
  // The same 32 bytes can be written in four ways, and a partition is of the text.
  const token = tokenOf(bytesOf(named));
  // What the relay could not read again would stand in the way of everything after it, so it never gets in.
  return { id, partition: partitionOf(token, partitions), token, at, body: EventBody.parse(body) };
}

/** Puts an event into the outbox; the relay is notified when the transaction commits. Answers the event's id. */
export async function tell(transaction: FactTransaction, told: Told): Promise<EventId> {
  const { id, partition, token, at, body } = uncounted(told);
  await transaction.$executeRaw`
    WITH told AS (
      INSERT INTO outbox (id, partition, token, at, body)
      VALUES (${id}::uuid, ${partition}::smallint, ${bytesOf(token)}, ${at}, ${JSON.stringify(body)}::jsonb))
    SELECT pg_notify(${outboxChannel}, '')`;
  return id;
}

const alone = {
  name: 'tell-alone',
  text: `WITH told AS (INSERT INTO outbox (id, partition, token, at, body) VALUES ($1, $2, $3, $4, $5))
    SELECT pg_notify($6, '')`,
};

/**
 * The same for what no table of the station's own has to hold, in one prepared statement, and the relay of this process hears of
 * it. Rejects with `DATABASE_UNAVAILABLE`.
 */
export async function tellAlone(pool: Pool, telling: Telling, told: Omit<Told, 'partitions'>): Promise<EventId> {
  const event = uncounted({ ...told, partitions: telling.partitions });
  const { id, partition, token, at, body } = event;
  if ((await telling.atOnce?.(event)) === true) return id;
  const values = [id, partition, bytesOf(token), at, body, outboxChannel];
  await pool.query({ ...alone, values }).catch((cause: unknown) => {
    throw new Fault('DATABASE_UNAVAILABLE', { cause });
  });
  telling.onTold();
  return id;
}
