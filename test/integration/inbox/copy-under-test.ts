/** A station's copy of the donor log on a real database, with the applier that writes it. */
import type { Pool } from 'pg';

import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createPostgresInbox } from '#node/adapters/postgres-inbox.ts';
import { createDatabase } from '#node/db/client.ts';
import { findConflicts } from '#node/domain/conflict.ts';
import type { History } from '#node/domain/history.ts';
import { judgeClaims } from '#node/domain/permit.ts';
import { suspendedNow } from '#node/domain/suspension.ts';
import type { DirectoryPort, InboxPort, LogBatch } from '#node/ports.ts';
import { createApplier } from '#node/replication/applier.ts';
import type { AppliedBatch } from '#node/replication/applier.ts';
import { fromWhatCounts } from '#node/replication/judging-again.ts';
import type { DonorToken } from '#schema/ids.ts';
import { StationCode } from '#schema/ids.ts';
import { ruleSets } from '#schema/rule-sets.ts';
import { ruleSetNamed } from '#test/support/facts.ts';
import { createTestDatabase } from '#test/support/postgres.ts';

export const partitions = 3;
const ruleSet = ruleSetNamed('CN-2012');

/** What the domain concludes. */
export const conclusionsOf = (station: StationCode) => ({
  judge: (history: History) =>
    judgeClaims(history, (id, hash) => {
      const found = ruleSets.get(id);
      return found?.hash === hash ? found : undefined;
    }),
  conflictsOf: (token: DonorToken, history: History) => findConflicts(token, history, ruleSet, station),
});

interface Options {
  readonly code: string;
  readonly directory: DirectoryPort;
  /** Stands between the applier and the database. */
  readonly around?: (inbox: InboxPort) => InboxPort;
  readonly onClaims?: (claims: AppliedBatch['claims']) => void;
}

/** Everything the projection consists of, comparable. */
const tables = {
  event: 'SELECT * FROM event ORDER BY origin, partition, seq',
  origin_progress: 'SELECT * FROM origin_progress ORDER BY origin, partition',
  log_position: 'SELECT * FROM log_position ORDER BY partition',
  quarantine: 'SELECT * FROM quarantine ORDER BY partition, log_offset',
  conflict: 'SELECT * FROM conflict ORDER BY id',
} as const;

type State = Record<keyof typeof tables, readonly unknown[]>;

/** All of the projection in a database. */
export async function stateOf(pool: Pool): Promise<State> {
  const rowsOf = async (name: keyof typeof tables) => (await pool.query<Record<string, unknown>>(tables[name])).rows;
  return {
    event: await rowsOf('event'),
    origin_progress: await rowsOf('origin_progress'),
    log_position: await rowsOf('log_position'),
    quarantine: await rowsOf('quarantine'),
    conflict: await rowsOf('conflict'),
  };
}

export async function createCopy({ code, directory, around = (inbox: InboxPort) => inbox, ...hearing }: Options) {
  const station = StationCode.parse(code);
  const database = await createTestDatabase();
  const connected = createDatabase(database.url, { poolSize: 4 });
  const { pool } = connected;
  const applied: AppliedBatch[] = [];
  const inbox = createPostgresInbox({ database: connected, station, instance: 'one' });
  const verifier = createJoseVerifier({ directory });
  const conclusions = fromWhatCounts(
    conclusionsOf(station),
    suspendedNow(() => directory.current().members),
  );
  const applier = createApplier({
    inbox: around(inbox),
    verifier,
    directory,
    station,
    partitions,
    ...conclusions,
    ...hearing,
    onApplied: (batch) => applied.push(batch),
  });
  const applyAll = async (batches: readonly LogBatch[]) => {
    for (const batch of batches) await applier.apply(batch);
  };
  const rows = async (text: string, values: unknown[] = []) =>
    (await pool.query<Record<string, unknown>>(text, values)).rows;
  return {
    url: database.url,
    station,
    pool,
    inbox,
    verifier,
    applier,
    applied,
    applyAll,
    /** The conclusions from what counts. */
    conclusions,
    rows,
    /** All of the projection. */
    state: () => stateOf(pool),
    quarantine: async () =>
      (await rows('SELECT reason FROM quarantine ORDER BY partition, log_offset')).map(({ reason }) => reason),
    async [Symbol.asyncDispose]() {
      await connected.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

export type Copy = Awaited<ReturnType<typeof createCopy>>;
