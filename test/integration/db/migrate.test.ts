import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { findDifference } from '#node/db/difference.ts';
import { migrate, migrationsFolder } from '#node/db/migrate.ts';
import { createTestDatabase } from '#test/support/postgres.ts';

const initial = '0001_initial';

test('the migrations lead to exactly what schema.prisma says', async () => {
  await using database = await createTestDatabase();
  const schema = await readFile(path.join(migrationsFolder, '..', 'schema.prisma'), 'utf8');
  expect(await findDifference(database.url, schema)).toBe('');
});

test('what the schema says and the migrations do not is found', async () => {
  await using database = await createTestDatabase();
  const schema = await readFile(path.join(migrationsFolder, '..', 'schema.prisma'), 'utf8');
  const changed = schema.replace('  laboratory  String\n', '  laboratory  String\n  remark String?\n');
  expect(await findDifference(database.url, changed)).toMatch(/ALTER TABLE "lookout" ADD COLUMN +"remark" TEXT/);
});

test('a migrated database has nothing left to apply', async () => {
  await using database = await createTestDatabase();
  expect(await migrate(database.url)).toEqual({ applied: [] });
});

test('several instances that start at once on an empty database apply each migration once', async () => {
  await using database = await createTestDatabase({ empty: true });
  const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
  const all = (await readdir(migrationsFolder)).filter((name) => /^\d{4}_/.test(name)).sort();
  expect(all[0]).toBe(initial);
  expect(runs.flatMap(({ applied }) => applied)).toEqual(all);
});

test('a new migration is applied on top of the earlier ones, whole, semicolons in its text and comments included', async () => {
  await using database = await createTestDatabase();
  await using folder = await migrationsWith(
    '9999_note',
    `-- A note; not a statement.\nCREATE TABLE note (text text DEFAULT 'a; b');\nINSERT INTO note DEFAULT VALUES;`,
  );
  expect(await migrate(database.url, folder.path)).toEqual({ applied: ['9999_note'] });
  expect(await query(database.url, 'SELECT text FROM note')).toEqual([{ text: 'a; b' }]);
});

test('a migration that fails changes nothing, and the database is refused from then on', async () => {
  await using database = await createTestDatabase();
  await using folder = await migrationsWith('9999_half', 'CREATE TABLE half (a int); SELECT 1 / 0;');
  const refused = { name: 'MigrationRefused', problem: 'failed', migration: '9999_half' };
  await expect(migrate(database.url, folder.path)).rejects.toMatchObject(refused);
  expect(await query(database.url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
  await expect(migrate(database.url, folder.path)).rejects.toMatchObject(refused);
});

test('a database that a later version has migrated is refused', async () => {
  await using database = await createTestDatabase();
  await using folder = await migrationsWith('9999_later', 'CREATE TABLE later (a int)');
  await migrate(database.url, folder.path);
  await expect(migrate(database.url)).rejects.toMatchObject({ problem: 'unknown', migration: '9999_later' });
});

test('a migration that was edited after it was applied is refused, by name', async () => {
  await using database = await createTestDatabase();
  await query(database.url, `UPDATE _prisma_migrations SET checksum = 'another'`);
  const refused = migrate(database.url);
  await expect(refused).rejects.toMatchObject({ problem: 'edited', migration: initial });
  await expect(refused).rejects.toThrow(/0001_initial was changed after it was applied/);
});

test('a database that cannot be reached is a fault', async () => {
  await expect(migrate('postgresql://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    name: 'Fault',
    code: 'DATABASE_UNAVAILABLE',
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The project's migrations and one more. */
async function migrationsWith(name: string, sql: string): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-migrations-'));
  await cp(migrationsFolder, folder, { recursive: true });
  await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
