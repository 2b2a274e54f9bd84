/**
 * `npm run migrate -- NAME`: writes a new migration from what schema.prisma says and the migrations do not yet. The
 * migrations are applied to an empty database of an embedded PostgreSQL, Prisma's engine compares that with the schema, and
 * the difference becomes the migration. Add what Prisma cannot say (check constraints) to it by hand: it stays.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate, migrationsFolder } from '#node/db/migrate.ts';
import { readMigrations } from '#node/db/migrations.ts';
import { findDifference } from '#node/db/difference.ts';
import { startPostgres } from './postgres.ts';

const schemaFile = path.join(migrationsFolder, '..', 'schema.prisma');

async function main(name: string | undefined): Promise<number> {
  if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
    console.error('Give the migration a name in lower case: npm run migrate -- add_home_station');
    return 2;
  }
  const sql = await compare();
  if (sql === '') {
    console.error('The migrations say what schema.prisma says: nothing to write.');
    return 0;
  }
  const number = String((await readMigrations(migrationsFolder)).length + 1).padStart(4, '0');
  const folder = path.join(migrationsFolder, `${number}_${name}`);
  await mkdir(folder);
  await writeFile(path.join(folder, 'migration.sql'), sql);
  console.log(path.relative(process.cwd(), path.join(folder, 'migration.sql')));
  return 0;
}

/** The SQL that leads from the migrations to the schema; empty when they agree. */
async function compare(): Promise<string> {
  const dataDir = path.join(tmpdir(), `donor-lookout-migrate-${randomBytes(8).toString('hex')}`);
  await using postgres = await startPostgres({ dataDir, ephemeral: true });
  await migrate(postgres.url('postgres'));
  return await findDifference(postgres.url('postgres'), await readFile(schemaFile, 'utf8'));
}

process.exitCode = await main(process.argv[2]);
