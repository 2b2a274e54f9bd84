/** A station's tally and books, put together: every instance looks now and then, one at a time does what there is. */
import type { Pool } from 'pg';
import type { Logger } from 'pino';

import type { Member } from '#schema/directory.ts';

import { createPostgresBooks } from './adapters/postgres-books.ts';
import type { BooksPort } from './counts-port.ts';
import type { ClockPort, DirectoryPort } from './ports.ts';
import { createLoop } from './replication/loop.ts';

export interface Bookkeeping extends BooksPort {
  start(): void;
  stop(): Promise<void>;
}

interface Options {
  readonly station: Pick<Member, 'code'>;
  readonly directory: DirectoryPort;
  readonly pool: Pool;
  readonly clock: ClockPort;
  readonly isLoaded: () => Promise<boolean>;
  readonly log: Logger;
}

/** Nobody waits for it: figures are of closed months, and whoever asks just after one closes has it done at once. */
const pauseMs = 5_000;

export function createBookkeeping({ station, directory, log, ...options }: Options): Bookkeeping {
  const closingDays = (): number => directory.current().policy.closingDays;
  const books = createPostgresBooks({ ...options, station: station.code, closingDays });
  const keepAll = async (): Promise<boolean> => {
    await books.keep();
    return false;
  };
  const teller = createLoop({ name: 'teller', step: keepAll, intervalMs: pauseMs, log });
  return {
    ...books,
    start: () => {
      teller.start();
    },
    stop: () => teller.stop(),
  };
}
