/** A station's donations over six years, few and many, in two databases of one server, and the books its teller made of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createPostgresBooks } from '#node/adapters/postgres-books.ts';
import { createDatabase } from '#node/db/client.ts';
import { migrate } from '#node/db/migrate.ts';
import { StationCode } from '#schema/ids.ts';
import { startPostgres } from '#scripts/postgres.ts';

export const sizes = {
  small: 50_000,
  large: Number(process.env['LOOKOUT_BENCH_DONATIONS'] ?? 5_000_000),
} as const;

const code = '330198B01';

/** Every donor gives four times or so. The indexes are made afterwards, which takes a third of the time. */
const fill = (donations: number): string => `
  ALTER TABLE correction DROP CONSTRAINT correction_donation_no_fkey;
  ALTER TABLE donation DROP CONSTRAINT donation_pkey;
  DROP INDEX donation_token_collected_on_procedure_volume_ml_outcome_idx;
  DROP INDEX donation_collected_at_donation_no_idx;
  INSERT INTO donation (donation_no, token, event_id, procedure, collected_at, collected_on, volume_ml, outcome)
  SELECT 'D' || i, sha256((i % ${Math.ceil(donations / 4)})::text::bytea), md5(i::text)::uuid,
    (CASE WHEN i % 3 = 0 THEN 'PLATELETS' ELSE 'WHOLE_BLOOD' END)::procedure, day + interval '2 hours', day, 200, 'COMPLETE'
  FROM generate_series(1, ${donations}) AS i, LATERAL (SELECT date '2020-01-01' + (i % 2191 * 7919 % 2191)::int) AS d(day);
  ALTER TABLE donation ADD CONSTRAINT donation_pkey PRIMARY KEY (donation_no);
  CREATE INDEX ON donation (token, collected_on, procedure, volume_ml, outcome);
  CREATE INDEX ON donation (collected_at DESC, donation_no DESC);`;

async function openStation(url: string, donations: number) {
  await migrate(url);
  const database = createDatabase(url, { poolSize: 2 });
  const { pool } = database;
  const client = await pool.connect();
  await client.query('SET statement_timeout = 0');
  await client.query(fill(donations));
  await client.query('VACUUM (ANALYZE) donation');
  await client.query('CHECKPOINT');
  client.release(true);
  const books = createPostgresBooks({
    ...{ pool, station: StationCode.parse(code), clock: { now: () => new Date() } },
    closingDays: () => 0,
    isLoaded: () => Promise.resolve(true),
  });
  await books.keep();
  return { pool, books, stop: () => database.stop() };
}

/** Two stations whose books are closed, until they are disposed of. */
export async function openBenchBooks() {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-'));
  const postgres = await startPostgres({
    dataDir: path.join(folder, 'postgres'),
    ephemeral: true,
    sharedBuffers: '2GB',
  });
  const open = async (name: keyof typeof sizes) => {
    await postgres.createDatabase(name);
    return openStation(postgres.url(name), sizes[name]);
  };
  const small = await open('small');
  const large = await open('large');
  return {
    small,
    large,
    async [Symbol.asyncDispose]() {
      await Promise.all([small.stop(), large.stop()]);
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
