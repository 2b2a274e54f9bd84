/**
 * What an earlier run may have left on a data folder: a server that is still ending because its starter was killed, one that
 * lost its keeper, a `postmaster.pid` whose number now belongs to somebody else, or a run that is simply still going.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { Cluster } from './cluster.ts';
import { PostgresUnavailable } from './postgres-unavailable.ts';

/** The advisory lock that a living starter holds in the server's `postgres` database. */
export const instanceLock = 0x10_0c_0b_0e;

const patienceMs = 15_000;
/**
 * How long a bad sign must last to be believed. The server notices a moment late that its starter was killed, so the lock may
 * still look held; and a process that is alive and does not listen may be the server on its way out, or somebody else.
 */
const graceMs = 1_000;

type State = 'in-use' | 'left-over' | 'busy' | 'silent';

/** Returns once nobody uses the folder; throws when somebody does and goes on doing so. */
export async function endLeftOver(cluster: Cluster): Promise<void> {
  const pidFile = path.join(cluster.pgdata, 'postmaster.pid');
  const began = Date.now();
  let told = false;
  while (Date.now() - began < patienceMs) {
    const [pid, , , port] = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n').map(Number);
    if (pid === undefined || port === undefined || !isAlive(pid)) return; // the server removes a stale file by itself
    const state = await ask(cluster, port);
    if (state === 'in-use' && Date.now() - began > graceMs) {
      throw new PostgresUnavailable(
        `The data folder ${cluster.dataDir} is in use by another run: stop that one, or name another folder.`,
      );
    }
    if (state === 'silent' && Date.now() - began > graceMs) return rm(pidFile, { force: true });
    if (state === 'left-over' && !told) told = process.kill(pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new PostgresUnavailable(
    `A server from an earlier run still uses the data folder ${cluster.dataDir} and does not end.`,
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function ask(cluster: Cluster, port: number): Promise<State> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: cluster.password,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined); // it ended while we asked: the next round sees it
  try {
    await client.connect();
    const { rows } = await client.query<{ ours: boolean; free: boolean }>(
      `SELECT current_setting('data_directory') = $1 AS ours, pg_try_advisory_lock($2) AS free`,
      [cluster.pgdata, instanceLock],
    );
    if (rows[0]?.ours !== true) return 'silent'; // another folder's server got this port
    return rows[0].free ? 'left-over' : 'in-use';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === '57P03' || code === '57P01' ? 'busy' : 'silent'; // starting or shutting down
  } finally {
    await client.end().catch(() => undefined);
  }
}
