/** A few connections to the log's database; each piece of work has the deadline, and breaks its connection when it is over. */
import pg from 'pg';

import { Fault } from '#schema/errors.ts';

import type { EmbeddedLogOptions } from '../embedded-log.ts';

export interface LogDatabase {
  /** Rejects within the deadline, whatever the server does. */
  run<Answer>(work: (client: pg.ClientBase) => Promise<Answer>): Promise<Answer>;
  stop(): Promise<void>;
}

export function createDatabase({ url, deadlineMs = 5_000, log }: EmbeddedLogOptions): LogDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'lookout log',
    max: 4,
    connectionTimeoutMillis: deadlineMs,
    idleTimeoutMillis: 30_000,
  });
  pool.on('error', (error) => {
    log.debug({ err: error }, 'an idle connection to the donor log broke');
  });

  const attempt = async <Answer>(work: (client: pg.ClientBase) => Promise<Answer>, signal: AbortSignal) => {
    const client = await pool.connect();
    let broken = true;
    // The only way to take a statement back from a server that does not answer is to leave.
    const leave = () => {
      client.connection.stream.destroy();
    };
    client.on('error', ignore);
    try {
      if (signal.aborted) throw new DOMException('too late', 'TimeoutError');
      signal.addEventListener('abort', leave);
      const answer = await work(client);
      broken = false;
      return answer;
    } finally {
      signal.removeEventListener('abort', leave);
      client.off('error', ignore);
      client.release(broken);
    }
  };

  return {
    run: async (work) => {
      const late = new AbortController();
      const { promise, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.abort();
        const cause = new DOMException('no answer from the database of the log', 'TimeoutError');
        reject(new Fault('LOG_UNAVAILABLE', { cause }));
      }, deadlineMs);
      try {
        return await Promise.race([attempt(work, late.signal), promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    stop: () => pool.end(),
  };
}

const ignore = () => undefined;
