/**
 * The embedded PostgreSQL behind `npm start` and the tests: the binaries of npm, one server, a database a station. It listens
 * on 127.0.0.1 only, under a random password, stops with the process that started it (also when that one is killed), and
 * says what is wrong with a data folder in one sentence.
 */
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { findAccount } from './postgres/account.ts';
import { findBinaries } from './postgres/binaries.ts';
import { openCluster } from './postgres/cluster.ts';
import type { Cluster } from './postgres/cluster.ts';
import { endLeftOver, instanceLock } from './postgres/left-over.ts';
import { PostgresUnavailable } from './postgres/postgres-unavailable.ts';
import { launch } from './postgres/server.ts';
import type { Binaries } from './postgres/binaries.ts';
import type { Server } from './postgres/server.ts';

export interface PostgresOptions {
  /** Where the data is kept. Made when it is missing. */
  readonly dataDir: string;
  /** The port to listen on; a free one when left out. */
  readonly port?: number;
  /** Gets each line the server logs. */
  readonly log?: (line: string) => void;
  /** For tests: nothing is synced to disk, and the data folder goes when the server stops, however it stops. */
  readonly ephemeral?: boolean;
  /** How much memory the server keeps pages in; `128MB` when left out, which a database of millions of facts outgrows. */
  readonly sharedBuffers?: string;
}

export interface Postgres extends AsyncDisposable {
  readonly port: number;
  /** Settles when the server has ended, by `stop` or by itself, with its exit code. */
  readonly exited: Promise<number>;
  /** A connection string for a database, with the password in it: do not print it. */
  url(database: string): string;
  /** Makes a database, as a copy of `template` if named. Leaves one that exists as it is. */
  createDatabase(name: string, options?: { readonly template?: string }): Promise<void>;
  /** Drops a database and ends whoever is connected to it. */
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server with its data, or throws `PostgresUnavailable` with a sentence for the person at the terminal. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dataDir = path.resolve(options.dataDir);
  const account = await findAccount(dataDir);
  const binaries = await findBinaries(account);
  const cluster = await openCluster({ dataDir, account, binaries, ephemeral: options.ephemeral ?? false });
  await endLeftOver(cluster);
  const { server, port } = await launchOnPort(cluster, binaries, options);
  const url = (database: string) =>
    `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

  // Held for as long as we live: who starts on the same folder sees by it that it is in use.
  const admin = new pg.Client({ connectionString: url('postgres'), application_name: 'lookout postgres' });
  admin.on('error', () => undefined); // the server went away: `exited` tells
  try {
    await admin.connect();
    await admin.query('SELECT pg_advisory_lock($1)', [instanceLock]);
  } catch (error) {
    await server.stop();
    throw error;
  }

  const stop = async () => {
    await admin.end().catch(() => undefined);
    await server.stop();
  };
  return {
    port,
    exited: server.exited,
    url,
    createDatabase: (name, { template } = {}) => createDatabase(admin, name, template ?? 'template1'),
    dropDatabase: async (name) => {
      await admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function createDatabase(admin: pg.Client, name: string, template: string): Promise<void> {
  const existing = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (existing.rowCount === 0) {
    await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`);
  }
}

/** A free port may be taken between asking for it and listening on it, so that is tried again; a port that was given is not. */
async function launchOnPort(
  cluster: Cluster,
  binaries: Binaries,
  options: PostgresOptions,
): Promise<{ server: Server; port: number }> {
  const { log = () => undefined, ephemeral = false, sharedBuffers = '128MB' } = options;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await findFreePort());
    const started = await launch({ cluster, binaries, port, log, ephemeral, sharedBuffers });
    if (started.ok) return { server: started.server, port };
    const again =
      (started.reason === 'port-in-use' && options.port === undefined) || started.reason === 'old-server-still-ending';
    if (!again || attempt === 20) throw new PostgresUnavailable(started.sentence);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new PostgresUnavailable('No free port was found.');
  return address.port;
}
