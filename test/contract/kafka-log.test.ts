/** The donor log in Kafka keeps the contract. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { describe, inject } from 'vitest';

import { createKafkaLog } from '#node/adapters/kafka-log.ts';
import { startKafka } from '#scripts/kafka.ts';

import { logContract, logFaults } from './log-contract.ts';
import type { Engine, FragileEngine } from './log-contract.ts';

const log = pino({ level: 'silent' });

function engineOn(brokers: string): Engine {
  const freshName = () => `test-${randomBytes(6).toString('hex')}`;
  return {
    freshName,
    open: ({ name = freshName(), partitions = 4, deadlineMs } = {}) =>
      createKafkaLog({
        brokers: brokers.split(','),
        topicPrefix: name,
        clientId: 'contract',
        partitions,
        log,
        ...(deadlineMs !== undefined && { deadlineMs }),
      }),
  };
}

async function beginOwn(): Promise<FragileEngine> {
  const dataDir = path.join(tmpdir(), `donor-lookout-log-${randomBytes(6).toString('hex')}`);
  let kafka = await startKafka({ dataDir });
  const { port, brokers } = kafka;
  return {
    ...engineOn(brokers),
    kill: () => kafka.kill(),
    restart: async () => {
      kafka = await startKafka({ dataDir, port });
    },
    pause: () => {
      kafka.pause();
      return Promise.resolve();
    },
    resume: () => {
      kafka.resume();
      return Promise.resolve();
    },
    stop: async () => {
      await kafka.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

describe.skipIf(inject('kafka') === '')('the Kafka log', () => {
  logContract(() => engineOn(inject('kafka')));
});

describe.skipIf(!inject('ownKafka'))('the Kafka log', () => {
  logFaults(beginOwn);
});
