/** A station for the import benches: an embedded PostgreSQL as `npm start` runs it, durable, and all an import needs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createHmacTokens } from '#node/adapters/hmac-tokens.ts';
import { createDatabase } from '#node/db/client.ts';
import { migrate } from '#node/db/migrate.ts';
import { readProfile } from '#node/modules/import/profile.ts';
import { StationCode } from '#schema/ids.ts';
import { startPostgres } from '#scripts/postgres.ts';

export async function openBenchStation() {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-'));
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres') });
  await postgres.createDatabase('bench');
  await migrate(postgres.url('bench'));
  const database = createDatabase(postgres.url('bench'), { poolSize: 2 });
  return {
    database,
    deps: {
      pool: database.pool,
      tokens: createHmacTokens(Buffer.alloc(32, 1)),
      clock: { now: () => new Date() },
      station: { kind: 'BLOOD' } as const,
      telling: { partitions: 12, onTold: () => undefined },
      profile: await readProfile(StationCode.parse('330198B01')),
    },
    stop: async (): Promise<void> => {
      await database.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
