/**
 * The last stage of an import: rows go to the station's tables, in one transaction a file. Each chunk is copied into a
 * temporary table and taken over from there, because COPY itself cannot pass over a record that is known already.
 */
import { finished } from 'node:stream/promises';

import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import type { ImportKind, ImportSummary } from '#schema/import.ts';

import type { Entry } from '../../audit-port.ts';
import { isOurOwnMistake } from '../../db/outage.ts';
import type { CopyBuffer } from './copy-format.ts';
import { FileFault } from './file-fault.ts';
import { statementsFor } from './statements.ts';
import type { Statements } from './statements.ts';
import type { Table } from './reader.ts';

/** What became of a chunk. */
export interface Stored {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
  /** The lines of rows that contradict a known record. */
  readonly conflicts: readonly number[];
}

/** The record of a finished import. */
export interface ImportRecord extends ImportSummary {
  readonly id: string;
  readonly kind: ImportKind;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** All methods but `rollback` throw FileFault DATABASE_UNAVAILABLE when the database cannot be reached or gives up. */
export interface Store {
  add(chunk: CopyBuffer): Promise<Stored>;
  /** Writes the entry, makes everything visible, and gives the connection back. */
  commit(record: ImportRecord, entry: Pick<Entry, 'changed'>): Promise<void>;
  /** Undoes everything, and gives the connection back. */
  rollback(): Promise<void>;
}

const faultOf = (error: unknown): unknown =>
  isOurOwnMistake(error) ? error : new FileFault('DATABASE_UNAVAILABLE', undefined, error);

async function attempt<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(error);
  }
}

async function copy(client: PoolClient, statement: string, bytes: Buffer): Promise<void> {
  const stream = client.query(copyFrom(statement));
  stream.end(bytes);
  await finished(stream);
}

interface Adding {
  readonly client: PoolClient;
  readonly statements: Statements;
  /** When the station wrote it down. */
  readonly at: Date;
}

async function addChunk({ client, statements, at }: Adding, chunk: CopyBuffer): Promise<Stored> {
  if (chunk.rows === 0) return { inserted: 0, updated: 0, duplicates: 0, conflicts: [] };
  await client.query(statements.empty);
  await copy(client, statements.copy, chunk.finish());
  const inserted = (await client.query(statements.insert)).rowCount ?? 0;
  if (inserted === chunk.rows) {
    await client.query(statements.tellAll, [at]);
    return { inserted, updated: 0, duplicates: 0, conflicts: [] };
  }
  if (inserted > 0) await client.query(statements.tellNew, [at]);
  const { rows } = await client.query<{ line: number; updated: boolean }>(statements.settle, [at]);
  const conflicts = rows.filter((row) => !row.updated).map(({ line }) => line);
  const updated = rows.length - conflicts.length;
  return { inserted, updated, duplicates: chunk.rows - inserted - rows.length, conflicts };
}

async function addRecord(client: PoolClient, statements: Statements, record: ImportRecord): Promise<void> {
  const { id, kind, startedAt, finishedAt, rows, inserted, updated, duplicates, rejected } = record;
  const values = [id, kind, startedAt, finishedAt, rows, inserted, updated, duplicates, rejected];
  await client.query(statements.record, values);
}

/** One entry a file: who brought it, and how many rows of what kind; the donors are in the station's own records. */
async function writeDown(client: PoolClient, entry: Pick<Entry, 'changed'>, record: ImportRecord): Promise<void> {
  const { id, rows, inserted, updated, rejected } = record;
  const outcome = `${inserted} new, ${updated} changed, ${rejected} rejected of ${rows}`;
  const $queryRawUnsafe = async (text: string, ...values: unknown[]) => (await client.query<object>(text, values)).rows;
  await entry.changed({ $queryRawUnsafe }, { record: id, outcome });
}

/** A connection of our own, in a transaction whose turn has come. */
async function begin(pool: Pool, statements: Statements): Promise<PoolClient> {
  const client = await pool.connect();
  try {
    for (const statement of statements.begin) await client.query(statement);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function rollback(client: PoolClient): Promise<void> {
  try {
    await client.query('ROLLBACK');
    client.release(false);
  } catch {
    // The database rolls back by itself when a connection ends.
    client.release(true);
  }
}

/**
 * What is new goes to the outbox in the same transaction, so that the federation is told of all of it or of nothing.
 *
 * The transaction begins with the first chunk, so that a file without any costs the database nothing. It waits for
 * another import into the same table to end: two files that repeat each other's numbers would wait for one another.
 */
export function createStore(pool: Pool, table: Table, at: Date): Store {
  const statements = statementsFor(table);
  let opened: Promise<PoolClient> | undefined;
  const open = () => (opened ??= begin(pool, statements));
  return {
    add: (chunk) => attempt(async () => addChunk({ client: await open(), statements, at }, chunk)),
    commit: (record, entry) =>
      attempt(async () => {
        const client = await open();
        await addRecord(client, statements, record);
        await client.query(statements.wake);
        await writeDown(client, entry, record);
        await client.query('COMMIT');
        client.release(false);
      }),
    async rollback() {
      const client = await opened?.catch(() => undefined);
      if (client !== undefined) await rollback(client);
    },
  };
}
