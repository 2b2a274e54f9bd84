/** The database server of a federation: started first, stopped last, and started again on the same port when it ends by itself. */
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { migrate } from '#node/db/migrate.ts';
import { startPostgres } from '#scripts/postgres.ts';
import type { Postgres } from '#scripts/postgres.ts';
import type { StationCode } from '#schema/ids.ts';

import type { Layout } from './layout.ts';
import { rotate } from './log-file.ts';
import { pauseBefore } from './service.ts';

const template = 'station_template';

export interface Database {
  readonly port: number;
  /** The connection string of a station's own database, which is made when there is none. Holds the password. */
  prepare(code: StationCode): Promise<string>;
  /** The connection string of another database, which is made empty when there is none. */
  prepareEmpty(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startDatabase(layout: Layout, say: (text: string) => void): Promise<Database> {
  const log = layout.logOf('postgres');
  await rotate(log).catch(() => undefined);
  const options = {
    dataDir: layout.postgres,
    log: (line: string) => {
      appendFileSync(log, `${line}\n`);
    },
  };
  const stopped = new AbortController();
  let server: Postgres = await startPostgres(options);
  const { port } = server;
  // One database is brought up to date and the new ones are copies of it: ten stations need not each load the engine for it.
  let preparing: Promise<void> = server.createDatabase(template).then(async () => {
    await migrate(server.url(template));
  });
  preparing.catch(() => undefined); // whoever prepares a database sees it

  const keep = async (attempt: number): Promise<void> => {
    const code = await server.exited;
    stopped.signal.throwIfAborted();
    const pause = pauseBefore(attempt);
    say(`PostgreSQL ended (exit code ${code}) and is started again in ${pause / 1000} s; see ${log}`);
    await setTimeout(pause, undefined, { signal: stopped.signal });
    server = await startPostgres({ ...options, port }).catch((error: unknown) => {
      say(error instanceof Error ? error.message : String(error));
      return server; // the one that ended, so that it is tried again
    });
    return keep(attempt + 1);
  };
  const keeping = keep(0).catch(() => undefined); // only `stop` ends it;

  // In turn: the server's own connection takes one question at a time.
  const create = async (name: string, from?: { template: string }): Promise<string> => {
    preparing = preparing.then(() => server.createDatabase(name, from));
    await preparing;
    return server.url(name);
  };

  return {
    port,
    prepare: (code) => create(`station_${code.toLowerCase()}`, { template }),
    prepareEmpty: (name) => create(name),
    stop: async () => {
      stopped.abort();
      await server.stop();
      await keeping;
    },
  };
}
