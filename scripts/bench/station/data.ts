/** A station's database of any size for benches: every donor has four donations, one in fifty a bar. */
import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';

import { migrate } from '#node/db/migrate.ts';
import type { DonorToken } from '#schema/ids.ts';
import { StationCode } from '#schema/ids.ts';
import { startPostgres } from '#scripts/postgres.ts';

export const station = { code: StationCode.parse('310198B01'), kind: 'BLOOD' } as const;

/** Rows in the table of donations. The figures of the closing notes were measured with 5,000,000. */
const rows = Number(process.env['LOOKOUT_BENCH_ROWS'] ?? 1_000_000);
const donors = Math.ceil(rows / 4);

const fill = `
  INSERT INTO donation (donation_no, token, procedure, collected_at, collected_on, volume_ml, outcome)
  SELECT 'D' || i, sha256((i % ${donors})::text::bytea), 'WHOLE_BLOOD', day + interval '2 hours', day, 400, 'COMPLETE'
  FROM generate_series(0, ${rows - 1}) AS i, LATERAL (SELECT date '2021-01-01' + (i % 1800)) AS d(day);
  INSERT INTO lookout (lookout_no, token, marker, confirmed_on, laboratory)
  SELECT 'L' || i, sha256(i::text::bytea), 'HBV', date '2024-01-01', 'bench' FROM generate_series(0, ${donors - 1}, 50) AS i;`;

/** A donor of the database, any of them. */
export function anyToken(): DonorToken {
  const donor = Math.floor(Math.random() * donors);
  return hash('sha256', String(donor), 'base64url') as DonorToken;
}

export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
  /** A directory file in which the station is alone, so that all it needs to know is its own. */
  readonly directoryFile: string;
}

/** Starts a server, fills the database and lets PostgreSQL settle. */
export async function createBenchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-'));
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), ephemeral: true });
  await postgres.createDatabase('bench');
  const url = postgres.url('bench');
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(fill);
  await client.query('VACUUM (ANALYZE)');
  await client.query('CHECKPOINT');
  await client.end();
  const directoryFile = path.join(folder, 'directory.json');
  const member = { ...station, province: '31', nameZh: '示例', nameEn: 'Bench', endpoint: 'http://127.0.0.1:9' };
  await writeFile(directoryFile, JSON.stringify({ version: 1, members: [{ ...member, status: 'ACTIVE' }] }));
  return {
    url,
    directoryFile,
    async [Symbol.asyncDispose]() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
