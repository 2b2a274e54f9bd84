/**
 * Brings a station's database to the schema of this program, at each start. When nothing is to be done that is one query;
 * else Prisma's schema engine is loaded and applies what is missing. Several instances may start at once: one of them
 * migrates, the others wait for it.
 */
import path from 'node:path';
import pg from 'pg';
import { Fault } from '#schema/errors.ts';
import { MigrationRefused } from './migration-refused.ts';
import { findPending, isUpToDate, readMigrations, toMigrationList } from './migrations.ts';
import type { AppliedMigration } from './migrations.ts';

export const migrationsFolder = path.join(import.meta.dirname, 'migrations');

/** Held while migrating. Not Prisma's own lock, which the engine takes besides on its own connection. */
const migrateLock = 0x10_0c_0b_01;

/** @returns the names of the migrations applied by this call. */
export async function migrate(databaseUrl: string, folder = migrationsFolder): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'lookout migrate',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined); // the query in flight fails and tells
  try {
    await client.connect();
  } catch (cause) {
    throw new Fault('DATABASE_UNAVAILABLE', { cause });
  }
  try {
    // Without the lock a migration that another instance is applying would look like a failed one, so only good news counts.
    if (isUpToDate(migrations, await readApplied(client))) return { applied: [] };
    await client.query('SELECT pg_advisory_lock($1)', [migrateLock]);
    const [next] = findPending(migrations, await readApplied(client));
    if (next === undefined) return { applied: [] };
    const migrationsList = await toMigrationList(folder, migrations);
    const { noFilters, openSchemaEngine } = await import('./schema-engine.ts');
    await using open = await openSchemaEngine(databaseUrl);
    try {
      const { appliedMigrationNames } = await open.engine.applyMigrations({ migrationsList, filters: noFilters });
      return { applied: appliedMigrationNames };
    } catch (cause) {
      const broken = (await readApplied(client)).find(({ finished }) => !finished);
      throw new MigrationRefused('failed', broken?.name ?? next, { cause });
    }
  } finally {
    await client.end(); // and with it the lock
  }
}

async function readApplied(client: pg.Client): Promise<AppliedMigration[]> {
  try {
    const { rows } = await client.query<AppliedMigration>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
    );
    return rows;
  } catch (error) {
    const undefinedTable = '42P01';
    if (error instanceof pg.DatabaseError && error.code === undefinedTable) return [];
    throw error;
  }
}
