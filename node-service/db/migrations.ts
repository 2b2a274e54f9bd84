/** The migrations this program brings along, and what is to be done with a database that has had some of them. */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ApplyMigrationsInput } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { MigrationRefused } from './migration-refused.ts';

const lockfile = 'migration_lock.toml';

export interface Migration {
  /** The folder's name, which is the migration's: `0001_initial`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the SQL, in hexadecimal; Prisma keeps the same in the database. */
  readonly checksum: string;
}

/** What a database says of one migration, from Prisma's table `_prisma_migrations`. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** All migrations of a folder, oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const read = async (name: string) => {
    const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
  };
  return Promise.all(names.sort().map(read));
}

/** The names of the migrations still to apply. Throws `MigrationRefused` on a database that is not ours to migrate. */
export function findPending(migrations: readonly Migration[], applied: readonly AppliedMigration[]): string[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of applied) {
    const migration = known.get(name);
    if (!finished) throw new MigrationRefused('failed', name);
    if (migration === undefined) throw new MigrationRefused('unknown', name);
    if (migration.checksum !== checksum) throw new MigrationRefused('edited', name);
  }
  const done = new Set(applied.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !done.has(name));
}

/** Whether a database has had exactly these migrations. */
export function isUpToDate(migrations: readonly Migration[], applied: readonly AppliedMigration[]): boolean {
  const finished = new Map(applied.filter((row) => row.finished).map(({ name, checksum }) => [name, checksum]));
  const same = migrations.every(({ name, checksum }) => finished.get(name) === checksum);
  return same && applied.length === migrations.length;
}

/** The migrations as the schema engine takes them. */
export async function toMigrationList(
  folder: string,
  migrations: readonly Migration[],
): Promise<ApplyMigrationsInput['migrationsList']> {
  return {
    baseDir: folder,
    lockfile: { path: lockfile, content: await readFile(path.join(folder, lockfile), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}
