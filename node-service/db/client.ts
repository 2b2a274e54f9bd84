/**
 * The station's database: Prisma for nearly everything, and the `pg` pool under it for the few hot reads and the import. What
 * applies the donor log has two connections of its own, on which statements do not wait for each other.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/prisma/client.ts';

export type { PrismaClient } from './generated/prisma/client.ts';

export interface Database {
  readonly prisma: PrismaClient;
  /** Gives a `date` as `YYYY-MM-DD`, everything else as `pg` does. */
  readonly pool: pg.Pool;
  /** The same for transactions of many small statements, which travel together. Without COPY and cursors. */
  readonly pipelined: pg.Pool;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** At most so many connections, and two that are pipelined. */
  readonly poolSize: number;
  /** Gets the error of a connection that broke while nobody used it; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** No question of a station takes this long; an import says `SET LOCAL statement_timeout = 0`. */
const statementTimeoutMs = 15_000;

/** Whoever needs a connection waits so long for one, in a transaction or not: a rush at a desk is served late rather than refused. */
const patienceMs = 5_000;

/** As many as the applier uses at once. */
const pipelinedConnections = 2;

/** Connects when first asked something. */
export function createDatabase(databaseUrl: string, { poolSize, onIdleError }: DatabaseOptions): Database {
  const options = optionsFor(databaseUrl);
  const pool = new pg.Pool({ ...options, max: poolSize });
  const pipelined = new pg.Pool({ ...options, max: pipelinedConnections, pipeline: true });
  for (const each of [pool, pipelined]) {
    each.on('error', (error) => onIdleError?.(error));
    // A connection that breaks while somebody has it: the statement in flight fails and tells, or the next one.
    each.on('connect', (client) => client.on('error', () => undefined));
  }
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: patienceMs, timeout: statementTimeoutMs },
  });
  return {
    prisma,
    pool,
    pipelined,
    stop: async () => {
      await prisma.$disconnect();
      await Promise.all([pool.end(), pipelined.end()]);
    },
  };
}

const optionsFor = (databaseUrl: string): pg.PoolConfig => ({
  connectionString: inUtc(databaseUrl),
  application_name: 'lookout',
  keepAlive: true,
  connectionTimeoutMillis: patienceMs,
  idleTimeoutMillis: 60_000,
  statement_timeout: statementTimeoutMs,
  idle_in_transaction_session_timeout: 60_000,
  types: civilDates(),
});

/** Prisma's adapter brings parsers of its own with each query, so this is only for what goes to the pool directly. */
function civilDates(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.DATE, (text) => text);
  return types;
}

/** Prisma's adapter writes times without an offset and takes what it reads for UTC, so each connection has to be in UTC. */
function inUtc(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const options = url.searchParams.get('options');
  url.searchParams.set('options', options === null ? '-c TimeZone=UTC' : `${options} -c TimeZone=UTC`);
  return url.href;
}
