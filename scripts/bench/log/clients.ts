/** Two clients of one broker that do the same: kafkajs as it is, and our port of the donor log. */
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import kafkajs from 'kafkajs';
import { pino } from 'pino';

import { createKafkaLog } from '#node/adapters/kafka-log.ts';
import type { LogEntry } from '#node/ports.ts';
import { startKafka } from '#scripts/kafka.ts';

const partitions = 4;

/** What can be measured of either. */
export interface Client {
  append(entries: readonly LogEntry[]): Promise<unknown>;
  /** Appends one entry and resolves when the reader has it. */
  roundTrip(): Promise<void>;
  stop(): Promise<void>;
}

/** About what a signed event is in size. */
const event = 'x'.repeat(450);

export const entriesOf = (count: number): LogEntry[] =>
  Array.from({ length: count }, (_, at) => ({ partition: at % partitions, key: 'key'.repeat(14), value: event }));

/** Waits for marked values to be read. */
function createMarks() {
  const came = new EventEmitter().setMaxListeners(0);
  let last = 0;
  return {
    see: (value: string) => came.emit(value),
    send: async (append: (entry: LogEntry) => Promise<unknown>) => {
      const value = `mark ${(last += 1)}`;
      await Promise.all([once(came, value), append({ partition: last % partitions, key: 'key', value })]);
    },
  };
}

async function startBare(brokers: string): Promise<Client> {
  const kafka = new kafkajs.Kafka({ brokers: [brokers], clientId: 'bare', logLevel: kafkajs.logLevel.NOTHING });
  const topic = 'bare';
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] });
  await admin.disconnect();
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  const consumer = kafka.consumer({ groupId: 'bare' });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const marks = createMarks();
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: partitions,
    eachBatch: ({ batch }) => {
      for (const { value } of batch.messages) marks.see(value?.toString() ?? '');
      return Promise.resolve();
    },
  });
  const append = (entries: readonly LogEntry[]) => producer.send({ topic, acks: -1, messages: [...entries] });
  return {
    append,
    roundTrip: () => marks.send((entry) => append([entry])),
    stop: async () => {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    },
  };
}

async function startOurs(brokers: string): Promise<Client> {
  const log = createKafkaLog({ brokers: [brokers], clientId: 'ours', partitions, log: pino({ level: 'silent' }) });
  const marks = createMarks();
  const end = new AbortController();
  const from = (await log.bounds('donors')).map((bounds) => bounds.end);
  const onBatch: Parameters<typeof log.read>[0]['onBatch'] = ({ records }) => {
    for (const { value } of records) marks.see(value);
    return Promise.resolve();
  };
  const reading = log.read({ topic: 'donors', from, onBatch }, end.signal);
  return {
    append: (entries) => log.append('donors', entries),
    roundTrip: () => marks.send((entry) => log.append('donors', [entry])),
    stop: async () => {
      end.abort();
      await reading;
      await log.stop();
    },
  };
}

/** A broker and both clients, for as long as the work takes. */
export async function withClients<Answer>(work: (bare: Client, ours: Client) => Promise<Answer>): Promise<Answer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-'));
  const kafka = await startKafka({ dataDir, ephemeral: true });
  try {
    const [bare, ours] = [await startBare(kafka.brokers), await startOurs(kafka.brokers)];
    try {
      await Promise.all([bare.roundTrip(), ours.roundTrip()]); // both readers are there
      return await work(bare, ours);
    } finally {
      await Promise.all([bare.stop(), ours.stop()]);
    }
  } finally {
    await kafka.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
