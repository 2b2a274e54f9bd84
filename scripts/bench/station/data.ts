/**
 * A station's databases for benches, of two sizes in one server: its copy of the donor log, in which every donor has three or
 * four facts of as many members, scattered over the table as years would scatter them, and its own records.
 */
import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';

import { migrate } from '#node/db/migrate.ts';
import type { DonorToken } from '#schema/ids.ts';
import { StationCode } from '#schema/ids.ts';
import { startPostgres } from '#scripts/postgres.ts';

export const station = { code: StationCode.parse('310198B01'), kind: 'BLOOD' } as const;

/** The other members, any number of them. */
export const memberCodes = (members: number): StationCode[] =>
  Array.from({ length: members }, (_, member) => StationCode.parse(`${100_000 + member}B01`));

/** Facts in the small database and in the large one. The closing notes' figures were measured with 10,000,000. */
export const sizes = {
  small: 100_000,
  large: Number(process.env['LOOKOUT_BENCH_FACTS'] ?? 1_000_000),
} as const;

const donorsOf = (facts: number): number => Math.ceil(facts * 0.3);

/** One fact in fifty is a bar; the rest are donations. The indexes are made afterwards, which takes a third of the time. */
const fill = (facts: number): string => `
  DROP INDEX event_token_idx;
  DROP INDEX event_granted;
  ALTER TABLE event DROP CONSTRAINT event_pkey;
  INSERT INTO event (origin, partition, seq, id, token, type, log_offset, appended_at, digest, is_own, procedure,
    collected_at, volume_ml, outcome, since)
  SELECT (100000 + i % 700) || 'B01', i % 12, i + 1, md5(i::text)::uuid, sha256((i % ${donorsOf(facts)})::text::bytea),
    (CASE WHEN i % 50 = 0 THEN 'bar.set' ELSE 'donation.recorded' END)::event_type, i,
    day + interval '3 hours', substr(sha256(i::text::bytea), 1, 16), false,
    CASE WHEN i % 50 = 0 THEN NULL ELSE 'WHOLE_BLOOD'::procedure END,
    CASE WHEN i % 50 = 0 THEN NULL ELSE day + interval '2 hours' END,
    CASE WHEN i % 50 = 0 THEN NULL ELSE 400 END,
    CASE WHEN i % 50 = 0 THEN NULL ELSE 'COMPLETE'::outcome END,
    CASE WHEN i % 50 = 0 THEN day END
  FROM generate_series(0, ${facts - 1}) AS i, LATERAL (SELECT date '2021-01-01' + i % 1800) AS d(day);
  ALTER TABLE event ADD CONSTRAINT event_pkey PRIMARY KEY (origin, partition, seq);
  CREATE INDEX event_token_idx ON event (token);
  CREATE INDEX event_granted ON event (origin, appended_at DESC, id DESC) WHERE claim = 'GRANTED';
  INSERT INTO donation (donation_no, token, procedure, collected_at, collected_on, volume_ml, outcome, event_id)
  SELECT 'D' || i, sha256(i::text::bytea), 'WHOLE_BLOOD', date '2024-01-01', date '2024-01-01', 400, 'COMPLETE',
    md5('own' || i)::uuid
  FROM generate_series(0, ${donorsOf(facts) - 1}, 10) AS i;`;

/** A donor of a database with so many facts, any of them. */
export function anyToken(facts: number): DonorToken {
  const donor = Math.floor(Math.random() * donorsOf(facts));
  return hash('sha256', String(donor), 'base64url') as DonorToken;
}

export interface BenchDatabases extends AsyncDisposable {
  readonly urls: Readonly<Record<keyof typeof sizes, string>>;
}

async function fillDatabase(url: string, facts: number): Promise<void> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(fill(facts));
  await client.query('VACUUM (ANALYZE)');
  await client.query('CHECKPOINT');
  await client.end();
}

async function startServer(): Promise<BenchDatabases> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-'));
  const postgres = await startPostgres({
    dataDir: path.join(folder, 'postgres'),
    ephemeral: true,
    sharedBuffers: '4GB',
  });
  for (const [name, facts] of Object.entries(sizes)) {
    await postgres.createDatabase(name);
    await fillDatabase(postgres.url(name), facts);
  }
  return {
    urls: { small: postgres.url('small'), large: postgres.url('large') },
    async [Symbol.asyncDispose]() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A server that syncs every commit to disk, as a station's does, with the small database. */
export async function openSyncedDatabase(): Promise<{ readonly url: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-'));
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), sharedBuffers: '512MB' });
  await postgres.createDatabase('small');
  await fillDatabase(postgres.url('small'), sizes.small);
  return {
    url: postgres.url('small'),
    async [Symbol.asyncDispose]() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const idleMs = 2_000;

/** Filling takes its time, so benches that follow each other share one server; it stops when nobody took it up again. */
function createShared() {
  let running: Promise<BenchDatabases> | undefined;
  let users = 0;
  const leave = (): void => {
    users -= 1;
    setTimeout(() => {
      if (users > 0 || running === undefined) return;
      const ended = running;
      running = undefined;
      void ended.then((databases) => databases[Symbol.asyncDispose]());
    }, idleMs);
  };
  return async (): Promise<BenchDatabases> => {
    users += 1;
    running ??= startServer();
    const { urls } = await running;
    return {
      urls,
      [Symbol.asyncDispose]: () => {
        leave();
        return Promise.resolve();
      },
    };
  };
}

/** Two filled databases, until they are disposed of. */
export const openBenchDatabases = createShared();
