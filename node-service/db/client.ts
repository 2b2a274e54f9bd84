/**
 * The station's database: Prisma for nearly everything, and the `pg` pool under it for the few hot reads and the import. One
 * pool, so that one number says how many connections a station takes.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/prisma/client.ts';

export type { PrismaClient } from './generated/prisma/client.ts';

export interface Database {
  readonly prisma: PrismaClient;
  /** Gives a `date` as `YYYY-MM-DD`, everything else as `pg` does. */
  readonly pool: pg.Pool;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** At most so many connections. */
  readonly poolSize: number;
  /** Gets the error of a connection that broke while nobody used it; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** No question of a station takes this long; an import says `SET LOCAL statement_timeout = 0`. */
const statementTimeoutMs = 15_000;

/** Connects when first asked something. */
export function createDatabase(databaseUrl: string, { poolSize, onIdleError }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: inUtc(databaseUrl),
    max: poolSize,
    application_name: 'lookout',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    types: civilDates(),
  });
  pool.on('error', (error) => onIdleError?.(error));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  return {
    prisma,
    pool,
    stop: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

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
