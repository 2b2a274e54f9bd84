/**
 * Adds to the chain. A group is one statement, made for the head as this process left it; where another process has moved it on,
 * nothing is written, and the group is made again under the lock of the head.
 */
import type { Pool } from 'pg';

import { Fault } from '#schema/errors.ts';

import type { Statement } from '../../audit-port.ts';
import type { ChainHead } from '../../domain/audit-chain.ts';
import { groupAfter } from './group.ts';
import type { Draft, Group } from './group.ts';
import { addEntries, lockHead, makeHead } from './statements.ts';

interface HeadRow {
  readonly seq: number;
  readonly hash: Uint8Array;
}

export const headOf = ({ seq, hash }: HeadRow): ChainHead => ({ seq, hash: Buffer.from(hash) });

/** Adds to the chain in a transaction that is under way, which holds the lock of the head from here to its end. */
export async function addLocked(statement: Statement, genesis: ChainHead, drafts: readonly Draft[]): Promise<Group> {
  const lock = async () => (await statement(lockHead, [])) as readonly HeadRow[];
  let [row] = await lock();
  if (row === undefined) {
    await statement(makeHead, [genesis.hash]);
    [row] = await lock();
  }
  if (row === undefined) throw new Fault('DATABASE_UNAVAILABLE');
  const group = groupAfter(headOf(row), drafts);
  const moved = await statement(addEntries.text, group.values);
  if (moved.length !== 1) throw new Fault('DATABASE_UNAVAILABLE');
  return group;
}

/** @param timeout after which a statement is given up. */
async function inTransaction<T>(pool: Pool, timeout: number, work: (statement: Statement) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const statement: Statement = async (text, values) => {
    const asked = { text, values, query_timeout: timeout };
    return (await client.query<object>(asked)).rows;
  };
  try {
    await statement('BEGIN', []);
    const done = await work(statement);
    await statement('COMMIT', []);
    client.release();
    return done;
  } catch (error) {
    // The database rolls back by itself when a connection ends.
    client.release(true);
    throw error;
  }
}

export interface Writer {
  /** Resolves once all of it is durable, and rejects with what the driver says; never two at once. */
  write(drafts: readonly Draft[]): Promise<Group>;
}

interface Options {
  readonly pool: Pool;
  /** The head of the chain before its first entry. */
  readonly genesis: ChainHead;
  /** After so long a statement is given up, for a database or a network that stands still and says nothing. */
  readonly patienceMs: number;
}

export function createWriter({ pool, genesis, patienceMs }: Options): Writer {
  // Where this process left the chain; undefined while that is not known.
  let known: ChainHead | undefined;

  async function writeAfter(head: ChainHead, drafts: readonly Draft[]): Promise<Group | null> {
    const group = groupAfter(head, drafts);
    const asked = { ...addEntries, values: group.values, query_timeout: patienceMs };
    const { rowCount } = await pool.query(asked);
    return rowCount === 1 ? group : null;
  }

  const writeLocked = (drafts: readonly Draft[]): Promise<Group> =>
    inTransaction(pool, patienceMs, (statement) => addLocked(statement, genesis, drafts));

  return {
    async write(drafts) {
      const head = known;
      known = undefined;
      const group = (head && (await writeAfter(head, drafts))) ?? (await writeLocked(drafts));
      known = group.head;
      return group;
    },
  };
}
