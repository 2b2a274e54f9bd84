/**
 * Which of several instances of a station runs the relay: the one that holds an advisory lock on a connection of its own.
 * It ends with the connection, so whoever is killed has given it up. The holder looks whether its connection still lives,
 * and the others ask for the lock, about once a second: to wait inside `pg_advisory_lock` would hold a snapshot for as long
 * as the wait lasts, and no dead row could be swept meanwhile. Two holders for a moment do no harm, only double work.
 */
import pg from 'pg';

export interface LeaseOptions {
  readonly databaseUrl: string;
  /** What the lease is for; one holder for each name in the database. */
  readonly name: string;
  /** This instance is the one from now on. */
  readonly onHeld: () => void;
  /** It no longer is, or cannot know. Called once for each `onHeld`. */
  readonly onLost: (cause: unknown) => void;
  /** A channel to listen to while the lease is held. */
  readonly channel?: string;
  readonly onNotice?: () => void;
  /** How often the lock is asked for, or the connection looked after, in milliseconds. 1,000 when left out. */
  readonly intervalMs?: number;
}

export interface Lease {
  start(): void;
  isHeld(): boolean;
  /** Gives the lease up, after `onLost`. */
  stop(): Promise<void>;
}

const connectTimeoutMs = 5_000;
const farewellMs = 1_000;
/** The database forgets a holder whose machine has gone after about this many seconds, and the lock with it. */
const keepalive = { tcp_keepalives_idle: 5, tcp_keepalives_interval: 2, tcp_keepalives_count: 3 };
const take = { text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken' };

/** A connection that breaks rather than waits. */
function connectionTo(databaseUrl: string, intervalMs: number): pg.Client {
  const settings = Object.entries(keepalive).map(([name, value]) => `-c ${name}=${value}`);
  const url = new URL(databaseUrl);
  const options = url.searchParams.get('options');
  url.searchParams.set('options', [...(options === null ? [] : [options]), ...settings].join(' '));
  return new pg.Client({
    connectionString: url.href,
    application_name: 'lookout lease',
    keepAlive: true,
    keepAliveInitialDelayMillis: keepalive.tcp_keepalives_idle * 1000,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: Math.max(5 * intervalMs, 2_000),
  });
}

/** Waits, until one of the signals fires at the latest. */
function pause(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
  const signal = AbortSignal.any([...signals]);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** A farewell to a database that may not be there any more. */
async function end(client: pg.Client): Promise<void> {
  const patience = new AbortController();
  const ended = client
    .end()
    .catch(() => undefined)
    .finally(() => {
      patience.abort();
    });
  await Promise.race([ended, pause(farewellMs, [patience.signal])]);
}

export function createLease(options: LeaseOptions): Lease {
  const { databaseUrl, name, onHeld, onLost, channel, onNotice, intervalMs = 1_000 } = options;
  const stopping = new AbortController();
  let isHeld = false;
  let running: Promise<void> | undefined;

  function lose(cause: unknown): void {
    if (!isHeld) return;
    isHeld = false;
    onLost(cause);
  }

  /** One look: for the lock, or after the connection that holds it. */
  async function look(client: pg.Client): Promise<void> {
    if (isHeld) {
      await client.query('SELECT 1');
      return;
    }
    const { rows } = await client.query<{ taken: boolean }>({ ...take, values: [name] });
    if (rows[0]?.taken !== true || stopping.signal.aborted) return;
    if (channel !== undefined) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    isHeld = true;
    onHeld();
  }

  /** The life of one connection. */
  async function hold(client: pg.Client): Promise<void> {
    const broken = new AbortController();
    const breaks = (cause?: unknown): void => {
      lose(cause);
      broken.abort();
    };
    client.on('error', breaks);
    client.on('end', breaks);
    client.on('notification', () => onNotice?.());
    try {
      await client.connect();
      while (!stopping.signal.aborted && !broken.signal.aborted) {
        await look(client);
        await pause(intervalMs, [stopping.signal, broken.signal]);
      }
    } catch (error) {
      breaks(error);
    } finally {
      lose('stopped');
      await end(client);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await hold(connectionTo(databaseUrl, intervalMs));
      await pause(intervalMs, [stopping.signal]);
    }
  }

  return {
    start() {
      running ??= run();
    },
    isHeld: () => isHeld,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
