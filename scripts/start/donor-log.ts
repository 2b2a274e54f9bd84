/**
 * The donor log of a federation on this machine: a table in the database server that runs anyway, or with `--kafka` a
 * broker of its own, which is started again on the same port when it ends by itself.
 */
import { setTimeout } from 'node:timers/promises';

import { startKafka } from '#scripts/kafka.ts';
import type { Kafka } from '#scripts/kafka.ts';
import { KafkaUnavailable } from '#scripts/kafka/kafka-unavailable.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import type { Database } from './database.ts';
import type { Layout } from './layout.ts';
import { pauseBefore } from './service.ts';

/** Which engine keeps the donor log; a state folder stays with the one it began with. */
export type LogEngine = 'embedded' | 'kafka';

export interface DonorLog {
  /** What tells a station where the log is. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A table in a database beside those of the stations. */
export async function openEmbeddedLog(database: Database): Promise<DonorLog> {
  return { env: { LOOKOUT_LOG_URL: await database.prepareEmpty('donor_log') }, stop: () => Promise.resolve() };
}

export async function startKafkaLog(layout: Layout, say: (text: string) => void): Promise<DonorLog> {
  const dataDir = layout.kafka;
  const stopped = new AbortController();
  let broker: Kafka = await startKafka({ dataDir }).catch((error: unknown) => {
    throw error instanceof KafkaUnavailable ? new Problem(error.message, 'failed') : error;
  });
  const { port, brokers } = broker;

  const keep = async (attempt: number): Promise<void> => {
    const code = await broker.exited;
    stopped.signal.throwIfAborted();
    const pause = pauseBefore(attempt);
    say(`Kafka ended (exit code ${code}) and is started again in ${pause / 1000} s; see ${dataDir}`);
    await setTimeout(pause, undefined, { signal: stopped.signal });
    broker = await startKafka({ dataDir, port }).catch((error: unknown) => {
      say(error instanceof Error ? error.message : String(error));
      return broker; // the one that ended, so that it is tried again
    });
    return keep(attempt + 1);
  };
  const keeping = keep(0).catch(() => undefined); // only `stop` ends it

  return {
    env: { KAFKA_BROKERS: brokers },
    stop: async () => {
      stopped.abort();
      await broker.stop();
      await keeping;
    },
  };
}
