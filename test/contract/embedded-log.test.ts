/** The donor log in PostgreSQL keeps the contract. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { pino } from 'pino';
import { describe, inject } from 'vitest';

import { createEmbeddedLog } from '#node/adapters/embedded-log.ts';
import { startPostgres } from '#scripts/postgres.ts';

import { logContract, logFaults } from './log-contract.ts';
import type { Engine, FragileEngine } from './log-contract.ts';

const log = pino({ level: 'silent' });

/** A database a name: the engine has one log a database. It is made before it is used, on a connection of its own. */
function engineOn(server: string): Engine {
  const freshName = () => {
    const name = `log_${randomBytes(6).toString('hex')}`;
    execFileSync(process.execPath, [fileURLToPath(new URL('./make-database.ts', import.meta.url)), server, name]);
    return name;
  };
  return {
    freshName,
    open: ({ name = freshName(), partitions = 4, deadlineMs } = {}) => {
      const url = new URL(server);
      url.pathname = `/${name}`;
      return createEmbeddedLog({ url: url.href, partitions, log, ...(deadlineMs !== undefined && { deadlineMs }) });
    },
  };
}

async function beginOwn(): Promise<FragileEngine> {
  const dataDir = path.join(tmpdir(), `donor-lookout-log-${randomBytes(6).toString('hex')}`);
  let postgres = await startPostgres({ dataDir });
  const { port } = postgres;
  /** The server and all that it started, youngest last. */
  const processes = async () => {
    const [server] = (await readFile(path.join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(server)], { encoding: 'utf8' });
    return [Number(server), ...children.trim().split(/\s+/).map(Number)];
  };
  const signal = async (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of await processes()) process.kill(pid, name);
  };
  return {
    ...engineOn(postgres.url('postgres')),
    kill: async () => {
      await signal('SIGKILL');
      await postgres.exited;
    },
    restart: async () => {
      postgres = await startPostgres({ dataDir, port });
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

describe('the embedded log', () => {
  logContract(() => engineOn(inject('postgres')));
  logFaults(beginOwn);
});
