/** The chain as it lies in the database, read from its beginning in one snapshot and in bounded memory. */
import type { Pool, PoolClient } from 'pg';

import type { MemberCode } from '#schema/caller.ts';

import { genesisOf } from '../../domain/audit-chain.ts';
import type { BadEntry, ChainCheck, ChainLink, FoundEntry } from '../../domain/audit-chain.ts';
import { readHead } from './statements.ts';
import { headOf } from './writer.ts';

const atOnce = 5_000;

const entries = `
  DECLARE entries NO SCROLL CURSOR FOR
  SELECT seq::float8 AS seq, payload, salt, commitment, hash FROM audit_entry ORDER BY seq`;
const donors = `
  DECLARE donors NO SCROLL CURSOR FOR
  SELECT seq::float8 AS seq, encode(donor, 'hex') AS donor FROM audit_donor ORDER BY seq, donor`;

interface NamedDonor {
  readonly seq: number;
  readonly donor: string;
}

async function* rowsOf<Row extends object>(client: PoolClient, cursor: 'entries' | 'donors'): AsyncGenerator<Row> {
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${atOnce} FROM ${cursor}`);
    yield* rows;
    if (rows.length < atOnce) return;
  }
}

/** What was found when the whole chain was read. */
export interface Verified {
  readonly bad: BadEntry | null;
  readonly entries: number;
  readonly erased: number;
}

interface Options {
  readonly pool: Pool;
  readonly member: MemberCode;
  readonly check: ChainCheck;
  /** Told of every entry that was looked at. */
  readonly onEntry?: (seq: number) => void;
}

/** The next donors of the index up to an entry; those of entries that are not there are put to the next one, where they do not fit. */
function createIndexReader(rows: AsyncGenerator<NamedDonor>) {
  let next: NamedDonor | undefined;
  let isDone = false;
  const advance = async (): Promise<void> => {
    const step = await rows.next();
    isDone = step.done === true;
    next = step.done === true ? undefined : step.value;
  };
  return {
    async upTo(seq: number): Promise<string[]> {
      const named: string[] = [];
      if (next === undefined && !isDone) await advance();
      while (next !== undefined && next.seq <= seq) {
        named.push(next.donor);
        await advance();
      }
      return named;
    },
    left: () => next,
  };
}

async function look(client: PoolClient, { member, check, onEntry }: Options): Promise<BadEntry | null> {
  const index = createIndexReader(rowsOf<NamedDonor>(client, 'donors'));
  for await (const entry of rowsOf<Omit<FoundEntry, 'donors'>>(client, 'entries')) {
    const bad = check.next({ ...entry, donors: await index.upTo(entry.seq) });
    if (bad !== null) return bad;
    onEntry?.(entry.seq);
  }
  const { rows } = await client.query<{ seq: number; hash: Buffer }>(readHead.text);
  const ended = check.end(rows[0] === undefined ? genesisOf(member) : headOf(rows[0]));
  await index.upTo(0);
  const left = index.left();
  return ended ?? (left === undefined ? null : { seq: left.seq, fault: 'DONORS_CHANGED' });
}

/** Reads and checks the whole chain. */
export async function verifyChain(options: Options): Promise<Verified> {
  const client = await options.pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query(entries);
    await client.query(donors);
    const bad = await look(client, options);
    return { bad, ...options.check.counts() };
  } finally {
    // The transaction ends with the connection.
    client.release(true);
  }
}

/** An entry in which a donor is named. */
export interface NamingEntry {
  readonly seq: number;
  /** Null when it was erased. */
  readonly payload: string | null;
}

const naming = `
  SELECT e.seq::float8 AS seq, e.payload FROM audit_donor d JOIN audit_entry e USING (seq) WHERE d.donor = $1 ORDER BY e.seq`;
const latest = `SELECT seq::float8 AS seq, payload FROM audit_entry ORDER BY seq DESC LIMIT $1`;

const whole = `
  SELECT e.seq::float8 AS seq, e.payload, e.salt, e.commitment, e.hash, before.hash AS before
  FROM audit_entry e LEFT JOIN audit_entry before ON before.seq = e.seq - 1 WHERE e.seq = $1`;

/** An entry with all that its hash is made of. */
export interface WholeEntry extends ChainLink, NamingEntry {
  readonly salt: Buffer | null;
  /** The hash before it; null for the first one. */
  readonly before: Buffer | null;
}

/** The entry at a place; undefined when there is none. */
export async function findWhole(pool: Pool, seq: number): Promise<WholeEntry | undefined> {
  return (await pool.query<WholeEntry>(whole, [seq])).rows[0];
}

/** The entries that name a donor, by the digest of the token, the oldest first. */
export async function entriesNaming(pool: Pool, donor: Buffer): Promise<NamingEntry[]> {
  return (await pool.query<NamingEntry>(naming, [donor])).rows;
}

/** The latest entries, the oldest of them first. */
export async function latestEntries(pool: Pool, count: number): Promise<NamingEntry[]> {
  return (await pool.query<NamingEntry>(latest, [count])).rows.toReversed();
}
