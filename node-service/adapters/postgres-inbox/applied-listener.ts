/**
 * Hears what other instances of this station have applied. When the connection breaks something may be missed, so whoever
 * listens is told, and told again when it stands.
 */
import pg from 'pg';

import type { Applied } from '../../ports.ts';
import { appliedChannel, noticeOf } from './applied-channel.ts';

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** Who has announced to forget the copy and does not, has gone. */
const forgettingMs = 30_000;

export interface AppliedListenerOptions {
  readonly databaseUrl: string;
  /** The own instance, whose notices are passed over. */
  readonly instance: string;
  readonly onApplied: (applied: Applied) => void;
  /** From now on nothing is missed: read everything again. When it rejects, the connection is made anew. */
  readonly onUp: () => Promise<void>;
  /** Things may be missed, or the copy is about to be forgotten. */
  readonly onDown: () => void;
  /** The copy was forgotten: it is to be built again from the start of the log. */
  readonly onForgotten: () => void;
}

export interface AppliedListener {
  start(): void;
  stop(): Promise<void>;
}

/** What each notice leads to. */
function createHearing(options: AppliedListenerOptions, up: () => void) {
  let forgetting: NodeJS.Timeout | undefined;
  return {
    end: () => {
      clearTimeout(forgetting);
    },
    hear: (payload: string) => {
      const notice = noticeOf(payload, options.instance);
      if (notice === null) return;
      if (!('copy' in notice)) {
        options.onApplied(notice);
        return;
      }
      clearTimeout(forgetting);
      options.onDown();
      if (notice.copy === 'forgetting') {
        forgetting = setTimeout(up, forgettingMs).unref();
      } else {
        options.onForgotten();
        up();
      }
    },
  };
}

const clientFor = (connectionString: string): pg.Client =>
  new pg.Client({
    connectionString,
    application_name: 'lookout applied',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
  });

const ignore = () => undefined;

export function createAppliedListener(options: AppliedListenerOptions): AppliedListener {
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let pause = firstPauseMs;
  let isStopped = false;
  let connecting: Promise<void> = Promise.resolve();

  /** Once a connection, though its error and its end both say that it is gone. */
  function broke(which: pg.Client): void {
    if (client !== which) return;
    client = undefined;
    hearing.end();
    options.onDown();
    void which.end().catch(ignore);
    if (isStopped) return;
    again = setTimeout(connect, pause);
    pause = Math.min(pause * 2, longestPauseMs);
  }

  const hearing = createHearing(options, () => {
    const current = client;
    if (current !== undefined)
      void options.onUp().catch(() => {
        broke(current);
      });
  });

  function connect(): void {
    const fresh = clientFor(options.databaseUrl);
    const gone = () => {
      broke(fresh);
    };
    client = fresh;
    for (const event of ['error', 'end'] as const) fresh.on(event, gone);
    fresh.on('notification', ({ payload = '' }) => {
      hearing.hear(payload);
    });
    const listen = async () => {
      await fresh.connect();
      await fresh.query(`LISTEN ${appliedChannel}`);
      await options.onUp();
      pause = firstPauseMs;
    };
    connecting = listen().catch(gone);
  }

  return {
    start: connect,
    async stop() {
      isStopped = true;
      clearTimeout(again);
      hearing.end();
      await connecting;
      const last = client;
      client = undefined;
      await last?.end().catch(ignore);
    },
  };
}
