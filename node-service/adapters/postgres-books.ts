/**
 * The station's tally and its books. Whoever records something appends what it changes; the teller takes that into the tally, a few
 * seconds later and for many at once, and copies out of it what is closed. What is told are those copies.
 */
import type { Pool, PoolClient } from 'pg';

import type { CountsInput, StationCounts } from '#schema/aggregates.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { Fault } from '#schema/errors.ts';
import type { StationCode } from '#schema/ids.ts';
import { firstCountDay } from '#schema/periods.ts';

import type { BooksPort } from '../counts-port.ts';
import { closingDay } from '../domain/books.ts';
import type { ClockPort } from '../ports.ts';
import * as statements from './postgres-books/statements.ts';

interface Options {
  readonly pool: Pool;
  readonly station: StationCode;
  /** How many days after its end a month is closed, by the federation's policy of the moment. */
  readonly closingDays: () => number;
  readonly clock: ClockPort;
  /** Whether the station's first import is done. */
  readonly isLoaded: () => Promise<boolean>;
  /** How long whoever asks waits for books that are due. */
  readonly patienceMs?: number;
}

interface Standing {
  readonly closedUntil: CivilDate | null;
  readonly hasChanges: boolean;
  readonly readyAt: number;
}

/** A count, with how the books stand; one row with empty columns where there is none. */
type ClosedRow = Pick<Standing, 'closedUntil' | 'readyAt'> &
  ({ readonly period: null } | StationCounts['counts'][number]);

const unavailable = (cause: unknown): never => {
  throw new Fault('DATABASE_UNAVAILABLE', { cause });
};

async function countAnew(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ family: string }>(statements.findMarked);
  for (const { family } of rows) {
    const recount = statements.recounts.get(family);
    if (recount === undefined) throw new Fault('INTERNAL');
    await client.query(statements.forget, [recount.families]);
    for (const statement of recount.statements) await client.query(statement);
  }
}

/** @param due up to which day the books are to be closed. */
async function tell(client: PoolClient, station: StationCode, due: CivilDate | null): Promise<void> {
  for (const statement of statements.begin) await client.query(statement);
  await countAnew(client);
  await client.query(statements.takeIn, [station]);
  if (due !== null) await client.query(statements.close, [due]);
  await client.query('COMMIT');
}

/** The same work for all who ask for it while it is done. */
function shared(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () =>
    (running ??= work().finally(() => {
      running = undefined;
    }));
}

/** Waits for something, but not for longer than this. */
async function waitFor(work: Promise<void>, milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds, undefined);
  await Promise.race([work, promise]).finally(() => {
    clearTimeout(timer);
  });
}

export function createPostgresBooks(options: Options): BooksPort {
  const { pool, station, closingDays, clock, isLoaded, patienceMs = 3_000 } = options;

  const dueBy = (readyAt: number): CivilDate | null =>
    closingDay({ now: clock.now().getTime(), readyAt, closingDays: closingDays() });

  const isDue = ({ closedUntil, readyAt }: Pick<Standing, 'closedUntil' | 'readyAt'>): boolean => {
    const due = dueBy(readyAt);
    return due !== null && (closedUntil === null || closedUntil < due);
  };

  async function readStanding(): Promise<Standing> {
    const read = async () => (await pool.query<Standing>(statements.readStanding)).rows[0];
    const standing = await read();
    if (standing !== undefined) return standing;
    await pool.query(statements.open, [clock.now()]);
    return (await read()) ?? unavailable('there are no books');
  }

  const keep = shared(async () => {
    if (!(await isLoaded())) return;
    const standing = await readStanding().catch(unavailable);
    if (!standing.hasChanges && !isDue(standing)) return;
    const client = await pool.connect().catch(unavailable);
    const done = tell(client, station, dueBy(standing.readyAt));
    // A connection in the middle of a transaction is closed, which undoes it.
    await done.then(
      () => {
        client.release();
      },
      (error: unknown) => {
        client.release(true);
        return unavailable(error);
      },
    );
  });

  const read = async ({ family, year }: CountsInput): Promise<readonly ClosedRow[]> =>
    (await pool.query<ClosedRow>(statements.readClosed(family, year)).catch(unavailable)).rows;

  return {
    keep,
    async closedCounts(asked) {
      if (!(await isLoaded())) throw new Fault('STATION_NOT_READY');
      let rows = await read(asked);
      if (rows.every(isDue)) {
        // While millions of donations are counted anew, the station is not ready.
        await waitFor(keep(), patienceMs);
        rows = await read(asked);
      }
      const [first] = rows;
      if (first === undefined || isDue(first)) throw new Fault('STATION_NOT_READY');
      const counts = rows.flatMap((row) =>
        row.period === null ? [] : [{ period: row.period, class: row.class, count: row.count }],
      );
      return { closedUntil: first.closedUntil ?? firstCountDay, counts };
    },
  };
}
