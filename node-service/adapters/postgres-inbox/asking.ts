/** Statements on one connection, and what their failures are called. */
import type { Pool, PoolClient, QueryConfig } from 'pg';

import { Fault } from '#schema/errors.ts';

import { isOurOwnMistake } from '../../db/outage.ts';

const faultOf = (error: unknown): unknown =>
  isOurOwnMistake(error) ? error : new Fault('DATABASE_UNAVAILABLE', { cause: error });

/** What a transaction asks in one turn leaves in one write: to wake the server has its price, once or for each statement. */
function gather({ connection: { stream } }: PoolClient): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => {
    stream.uncork();
  });
}

/** A statement's rows as arrays. Rejects with `DATABASE_UNAVAILABLE`. */
export async function rowsOf<Row extends unknown[]>(
  client: Pool | PoolClient,
  statement: QueryConfig,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    if ('release' in client) gather(client);
    return (await client.query<Row>({ ...statement, values: [...values], rowMode: 'array' })).rows;
  } catch (error) {
    throw faultOf(error);
  }
}

/** BEGIN, COMMIT and the like. */
export async function run(client: PoolClient, text: string): Promise<void> {
  await rowsOf(client, { text });
}

const ignore = () => undefined;

/** Statements nobody waits for, one by one: whoever ends the transaction learns whether all of them worked. */
export interface Writes {
  add(write: Promise<unknown>): void;
  /** Rejects with the failure of the first that failed. */
  done(): Promise<void>;
}

export function createWrites(): Writes {
  const writes: Promise<unknown>[] = [];
  return {
    add(write) {
      write.catch(ignore);
      writes.push(write);
    },
    async done() {
      for (const write of writes) await write;
    },
  };
}

/**
 * A transaction on a connection of its own, which is given back whatever happens, and thrown away when it may be half-way. On a
 * pipelined connection nothing waits for BEGIN, and COMMIT waits for nothing: of a transaction in which something failed it
 * makes nothing.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient, writes: Writes) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw faultOf(error);
  });
  const writes = createWrites();
  let isClean = false;
  try {
    writes.add(run(client, 'BEGIN'));
    const answer = await work(client, writes);
    writes.add(run(client, 'COMMIT'));
    await writes.done();
    isClean = true;
    return answer;
  } catch (failure) {
    // What failed after a write that failed says only that the transaction is over.
    const error = await writes.done().then(
      () => failure,
      (first: unknown) => first,
    );
    isClean = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    throw error;
  } finally {
    client.release(!isClean);
  }
}
