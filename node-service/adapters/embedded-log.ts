/**
 * The donor log in a PostgreSQL database, for a federation on one machine: the same order, offsets and append times as
 * Kafka gives. A partition's row is locked while entries are added to it, so that they become visible in order; readers
 * are woken by NOTIFY and look by themselves now and then.
 */
import type { Logger } from 'pino';

import { Fault } from '#schema/errors.ts';

import type { LogPort } from '../ports.ts';
import { createDatabase } from './embedded-log/database.ts';
import { readSession } from './embedded-log/reading.ts';
import { addEntries, boundsOf, requireTables } from './embedded-log/tables.ts';
import { requirePossible } from './log-entries.ts';
import { createLogHealth } from './log-health.ts';
import { createReadings } from './log-reading.ts';
import type { Session } from './log-reading.ts';

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
  const health = createLogHealth(options.log);
  const database = createDatabase(options);
  let checked: Promise<void> | undefined;
  const forget = () => {
    checked = undefined;
  };
  const ready = () => {
    if (checked === undefined) {
      checked = database.run((client) => requireTables(client, options.partitions));
      checked.catch(forget);
    }
    return checked;
  };
  const readings = createReadings({
    ...{ ready, forget, health, log: options.log },
    readSession: (session: Session) => readSession(options, session),
  });
  /** What fails is `LOG_UNAVAILABLE`, unless it is a fault already. */
  const ask = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      await ready();
      const answer = await work();
      health.heard();
      return answer;
    } catch (error) {
      forget();
      health.failed(error);
      throw error instanceof Fault ? error : new Fault('LOG_UNAVAILABLE', { cause: error });
    }
  };

  return {
    partitions: () => ask(() => Promise.resolve(options.partitions)),
    append: async (topic, entries) => {
      requirePossible(entries);
      if (entries.length === 0) return { appendedAt: Date.now() };
      return ask(() => database.run((client) => addEntries(client, topic, entries)));
    },
    bounds: (topic) => ask(() => database.run((client) => boundsOf(client, topic))),
    read: readings.read,
    isUp: health.isUp,
    stop: async () => {
      await readings.stop();
      await database.stop();
    },
  };
}
