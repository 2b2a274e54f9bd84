import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { startPostgres } from '#scripts/postgres.ts';
import type { Postgres } from '#scripts/postgres.ts';

/** Making a data folder is the slow part, so the tests share one; each starts and ends its own server on it. */
const folder = await makeFolder();
const { dataDir } = folder;
afterAll(() => folder[Symbol.asyncDispose]());

test('data written in one run is there in the next', async () => {
  await withPostgres(async (postgres) => {
    await postgres.createDatabase('station');
    await query(postgres.url('station'), 'CREATE TABLE kept AS SELECT 42 AS answer');
  });
  await withPostgres(async (postgres) => {
    await postgres.createDatabase('station'); // again: leaves it as it is
    expect(await query(postgres.url('station'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await postgres.dropDatabase('station');
    await expect(query(postgres.url('station'), 'SELECT 1')).rejects.toThrow('does not exist');
  });
});

test('it listens on this machine only, wants its password, and keeps data durably, in UTF-8 and byte order', async () => {
  await withPostgres(async (postgres) => {
    const url = new URL(postgres.url('postgres'));
    expect(url.hostname).toBe('127.0.0.1');
    url.password = 'guessed';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const [settings] = await query(
      postgres.url('postgres'),
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              current_setting('fsync') AS fsync, pg_encoding_to_char(encoding) AS encoding, datcollate AS collation
       FROM pg_database WHERE datname = 'postgres'`,
    );
    const expected = { addresses: '127.0.0.1', sockets: '', fsync: 'on', encoding: 'UTF8', collation: 'C' };
    expect(settings).toEqual(expected);
    expect((await stat(path.join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  });
});

test('a second start on a folder in use is refused in a sentence and disturbs nothing', async () => {
  await withPostgres(async (postgres) => {
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({
      name: 'PostgresUnavailable',
      message: `The data folder ${dataDir} is in use by another run: stop that one, or name another folder.`,
    });
    expect(await query(postgres.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

test('after its starter was killed the server ends by itself, and the next start has its data', async () => {
  const held = await hold(dataDir, 'durable');
  await query(await urlOf(held.port), 'CREATE TABLE kept AS SELECT 42 AS answer');
  held.kill();
  await withPostgres(async (postgres) => {
    expect(await query(postgres.url('postgres'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});

test('a server that dies by itself is told about, and what it left is no obstacle', async () => {
  const postgres = await startPostgres({ dataDir });
  const [pid] = (await readFile(path.join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  expect(await postgres.exited).not.toBe(0);
  await postgres.stop();
  await withPostgres(async (again) => {
    expect(await query(again.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

test('a process number in the folder that has become somebody else is no obstacle', async () => {
  const left = [process.pid, path.join(dataDir, 'cluster'), 1_700_000_000, 1, '', '127.0.0.1', ''];
  await writeFile(path.join(dataDir, 'cluster', 'postmaster.pid'), left.join('\n'));
  await withPostgres(async (postgres) => {
    expect(await query(postgres.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

test('a port in use is said in a sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const sentence = `Port ${port} is in use, so PostgreSQL cannot listen on it.`;
    await expect(startPostgres({ dataDir, port })).rejects.toThrow(sentence);
  } finally {
    other.close();
  }
});

test('an ephemeral server whose starter was killed leaves nothing behind', async () => {
  await using other = await makeFolder();
  const held = await hold(other.dataDir, 'ephemeral');
  const above = watch(path.dirname(other.dataDir));
  const gone = once(above, 'change');
  held.kill();
  await gone; // nothing else changes in that folder
  above.close();
  await expect(stat(other.dataDir)).rejects.toThrow('ENOENT');
});

test('broken data, data of another version and a folder of something else are each said in a sentence', async () => {
  const inCluster = (name: string) => path.join(dataDir, 'cluster', name);
  await unlink(inCluster('global/pg_control'));
  await expect(startPostgres({ dataDir })).rejects.toThrow(`PostgreSQL could not start on the data in ${dataDir}`);
  await writeFile(inCluster('PG_VERSION'), '17\n');
  await expect(startPostgres({ dataDir })).rejects.toThrow(
    `The data in ${dataDir} is of PostgreSQL 17 and this is PostgreSQL 18`,
  );
  await unlink(inCluster('PG_VERSION'));
  await expect(startPostgres({ dataDir })).rejects.toThrow(
    `The folder ${dataDir} holds no PostgreSQL data that can be used`,
  );
});

async function makeFolder(): Promise<{ dataDir: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-postgres-'));
  await chmod(folder, 0o777); // the server may run as another user than we do
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return { dataDir: path.join(folder, 'postgres'), [Symbol.asyncDispose]: remove };
}

async function withPostgres(use: (postgres: Postgres) => Promise<void>): Promise<void> {
  await using postgres = await startPostgres({ dataDir });
  await use(postgres);
}

/** A server that another process started, which can be killed. */
async function hold(folder: string, kind: string): Promise<{ port: number; kill: () => void }> {
  const script = fileURLToPath(new URL('./hold-postgres.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  return { port: Number(said[0]), kill: () => child.kill('SIGKILL') };
}

async function urlOf(port: number): Promise<string> {
  const password = (await readFile(path.join(dataDir, 'password'), 'utf8')).trim();
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
