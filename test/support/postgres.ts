/**
 * One embedded PostgreSQL for a whole test run, and a cheap database of its own for whoever asks: a copy of one that is
 * migrated already. Named as `globalSetup` by the projects that need it; the first of them to run starts the server.
 */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { migrate } from '#node/db/migrate.ts';
import { startPostgres } from '#scripts/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The test server: a connection string to its `postgres` database. */
    postgres: string;
  }
}

const template = 'migrated';

/** Vitest calls it once a project, one project after the other. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const root = project.vitest.getRootProject();
  const provided: Partial<ReturnType<TestProject['getProvidedContext']>> = root.getProvidedContext();
  if (provided.postgres !== undefined) return undefined;
  const dataDir = path.join(tmpdir(), `donor-lookout-test-${randomBytes(8).toString('hex')}`);
  const postgres = await startPostgres({ dataDir, ephemeral: true });
  await postgres.createDatabase(template);
  await migrate(postgres.url(template));
  root.provide('postgres', postgres.url('postgres'));
  return () => postgres.stop();
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

/** A database of one's own, dropped at the end of the scope. `empty` leaves the migrations to the test. */
export async function createTestDatabase(options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const url = new URL(inject('postgres'));
  const name = `test_${randomBytes(8).toString('hex')}`;
  const server = url.href;
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${options.empty === true ? 'template0' : template}`);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function run(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
