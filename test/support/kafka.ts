/**
 * One Kafka broker for a whole test run, or the cluster that `KAFKA_BROKERS` names. Where none can be had, what needs it is
 * left out and one line says so; in CI the run fails instead, since nobody reads the line there.
 */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { TestProject } from 'vitest/node';

import { startKafka } from '#scripts/kafka.ts';
import { KafkaUnavailable } from '#scripts/kafka/kafka-unavailable.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The brokers of the test run, separated by commas; empty where there are none. */
    kafka: string;
    /** Whether tests may start brokers of their own, to kill them. */
    ownKafka: boolean;
  }
}

/** Vitest calls it once a project, one project after the other. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const root = project.vitest.getRootProject();
  const provided: Partial<ReturnType<TestProject['getProvidedContext']>> = root.getProvidedContext();
  if (provided.kafka !== undefined) return undefined;
  const named = process.env['KAFKA_BROKERS'] ?? '';
  try {
    if (named !== '') {
      leaveOut('what kills and restarts a broker', 'KAFKA_BROKERS names one that is not ours to kill');
      root.provide('kafka', named);
      root.provide('ownKafka', false);
      return undefined;
    }
    const dataDir = path.join(tmpdir(), `donor-lookout-kafka-${randomBytes(8).toString('hex')}`);
    const kafka = await startKafka({ dataDir, ephemeral: true });
    root.provide('kafka', kafka.brokers);
    root.provide('ownKafka', true);
    return () => kafka.stop();
  } catch (error) {
    if (!(error instanceof KafkaUnavailable) || (process.env['CI'] ?? '') !== '') throw error;
    leaveOut('the tests of the donor log on Kafka', error.message);
    root.provide('kafka', '');
    root.provide('ownKafka', false);
    return undefined;
  }
}

function leaveOut(what: string, why: string): void {
  process.stdout.write(`Left out: ${what} (${why.replaceAll(/\s+/g, ' ')})\n`);
}
