/**
 * The station's copy of the donor log in its own database. The position in the log is a row that each transaction locks first:
 * whatever two appliers do, one comes after the other and sees where the other has got to. Commits wait for the disk though
 * the log could be read again: after a crash of the database nobody may believe that more is there than there is, and one
 * wait for up to a thousand records is little.
 *
 * A desk that waits for its own claim is told before the disk has it. Its answer waits for an entry in the record of the same
 * database, which syncs in order: who has the answer finds the claim there after a crash. How complete the copy is, on which
 * answers rest elsewhere and later, is told when the disk has it.
 */
import { setTimeout } from 'node:timers/promises';

import type { QuarantineReason } from '#schema/codes.ts';
import type { Suspension } from '#schema/directory.ts';
import type { EventId, StationCode } from '#schema/ids.ts';

import type { Database } from '../db/client.ts';
import type { InboxPort, OriginProgress, PlacedEvent, QuarantinedRecord } from '../ports.ts';
import { appliedChannel, copyNotice, payloadsOf } from './postgres-inbox/applied-channel.ts';
import { inTransaction, rowsOf, run } from './postgres-inbox/asking.ts';
import { tokenOf } from './postgres-inbox/event-rows.ts';
import { readStatements, statements } from './postgres-inbox/statements.ts';
import { openTransaction } from './postgres-inbox/transaction.ts';

/** How long the instances have to hear that the copy is about to go; a notification takes milliseconds. */
const forgettingMs = 1_000;

interface Options {
  readonly database: Pick<Database, 'pool' | 'pipelined'>;
  readonly station: StationCode;
  /** Names this process among the station's instances, so that it does not hear itself. */
  readonly instance: string;
}

type QuarantineRow = [
  offset: number,
  appendedAt: number,
  reason: QuarantineReason,
  origin: string | null,
  key: string,
  value: string,
];
type ParkedRow = [
  origin: StationCode,
  seq: number,
  id: EventId,
  token: Buffer,
  offset: number,
  appendedAt: number,
  digest: Buffer,
  raw: string,
];

function parkedOf(partition: number, row: ParkedRow): PlacedEvent {
  const [origin, seq, id, token, offset, appendedAt, digest, raw] = row;
  // Nothing is made of when its origin wrote it down; the JWS has it.
  const at = new Date(appendedAt).toISOString();
  return {
    event: { id, origin, partition, seq, token: tokenOf(token), at, body: { type: 'parked' } },
    offset,
    appendedAt,
    digest: digest.toString('base64url'),
    raw,
  };
}

function quarantinedOf(partition: number, row: QuarantineRow): QuarantinedRecord {
  const [offset, appendedAt, reason, origin, key, value] = row;
  return { partition, offset, appendedAt, reason, origin, key, value };
}

function transacting({ database: { pipelined }, station, instance }: Options): InboxPort['transact'] {
  return async (partition, origins, work, onVisible) => {
    const { answer, unsaid } = await inTransaction(pipelined, async (client, writes) => {
      const transaction = await openTransaction({ client, writes, partition, origins, station });
      const done = await work(transaction);
      const applied = transaction.applied();
      const payloads = payloadsOf(instance, applied);
      const isWaitedFor = applied.claims.size > 0;
      if (isWaitedFor) writes.add(run(client, 'SET LOCAL synchronous_commit = off'));
      else if (payloads.length > 0) writes.add(rowsOf(client, statements.tell, [appliedChannel, payloads]));
      return { answer: done, unsaid: isWaitedFor ? payloads : [] };
    });
    onVisible?.(answer);
    if (unsaid.length > 0) await rowsOf(pipelined, statements.tellDurable, [appliedChannel, unsaid]);
    return answer;
  };
}

export function createPostgresInbox(options: Options): InboxPort {
  const { pool } = options.database;
  const { instance } = options;
  const read = <Row extends unknown[]>(
    statement: { readonly name: string; readonly text: string },
    values?: unknown[],
  ) => rowsOf<Row>(pool, statement, values);

  return {
    transact: transacting(options),
    async forget() {
      // Whoever answers from the copy hears of it before it is gone, and asks the others live from then on.
      await rowsOf(pool, statements.tell, [appliedChannel, [copyNotice(instance, 'forgetting')]]);
      await setTimeout(forgettingMs);
      await inTransaction(pool, async (client) => {
        await run(client, "SET LOCAL lock_timeout = '5s'");
        // First what every transaction locks first.
        await run(client, 'UPDATE log_position SET next = 0');
        await run(client, 'TRUNCATE event, origin_progress, quarantine');
        await rowsOf(client, statements.tell, [appliedChannel, [copyNotice(instance, 'forgotten')]]);
      });
    },
    async positions(partitions) {
      const next = new Map(await read<[number, number]>(readStatements.positions));
      return Array.from({ length: partitions }, (_, partition) => next.get(partition) ?? 0);
    },
    async progress() {
      const rows = await read<[StationCode, number, number, number, number | null]>(readStatements.progress);
      return rows.map(([origin, partition, upTo, highest, forkedAt]): OriginProgress => ({
        origin,
        partition,
        heard: { upTo, highest, forkedAt },
      }));
    },
    async quarantined(partition, reasons, after, limit) {
      const rows = await read<QuarantineRow>(readStatements.quarantined, [partition, reasons, after, limit]);
      return rows.map((row) => quarantinedOf(partition, row));
    },
    async suspensions() {
      const rows = await read<[StationCode, Suspension[]]>(readStatements.suspensions);
      return new Map(rows);
    },
    async noteSuspensions(origin, suspensions) {
      await read(readStatements.noteSuspensions, [origin, JSON.stringify(suspensions)]);
    },
    async parked(partition, after, limit) {
      const rows = await read<ParkedRow>(readStatements.parked, [partition, after, limit]);
      return rows.map((row) => parkedOf(partition, row));
    },
  };
}
