/** The least a permit could cost: a record to a broker and back, through kafkajs with the same promises (idempotent, acks from all). */
import { randomUUID } from 'node:crypto';

import { Kafka, logLevel } from 'kafkajs';

const topic = 'bench.round-trip';

export interface RoundTrip {
  /** Sends a record and waits until it has come back. */
  send(): Promise<void>;
  stop(): Promise<void>;
}

export async function openRoundTrip(brokers: string): Promise<RoundTrip> {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'bench', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  const consumer = kafka.consumer({ groupId: randomUUID() });
  const waiting = new Map<string, () => void>();
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ message }) => {
      const id = message.key?.toString() ?? '';
      waiting.get(id)?.();
      waiting.delete(id);
      return Promise.resolve();
    },
  });
  // As large as a claim is.
  const value = 'x'.repeat(600);
  return {
    async send() {
      const id = randomUUID();
      const back = new Promise<void>((resolve) => waiting.set(id, resolve));
      await producer.send({ topic, acks: -1, messages: [{ key: id, value }] });
      await back;
    },
    async stop() {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    },
  };
}
