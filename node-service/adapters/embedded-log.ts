/** The donor log in a PostgreSQL database of its own, for a federation on one machine. */
import type { Logger } from 'pino';

import { Fault } from '#schema/errors.ts';

import type { LogPort } from '../ports.ts';

export interface EmbeddedLogOptions {
  /** A connection string to the database of the log, the same for all members. Its tables are made when missing. */
  readonly url: string;
  /** How many partitions `donors` has, by the federation's agreement. */
  readonly partitions: number;
  /** How long an append may take, in milliseconds. 5,000 when left out. */
  readonly deadlineMs?: number;
  readonly log: Logger;
}

export function createEmbeddedLog(options: EmbeddedLogOptions): LogPort {
  throw new Fault('LOG_UNAVAILABLE', { cause: `${options.partitions} partitions: being written` });
}
