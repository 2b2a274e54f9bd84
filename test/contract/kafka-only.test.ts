/** What only Kafka can do to the donor log, and what other clients of Kafka see of it. */
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';

import kafkajs from 'kafkajs';
import { pino } from 'pino';
import { afterEach, describe, expect, inject, test } from 'vitest';

import { createKafkaLog } from '#node/adapters/kafka-log.ts';
import type { LogPort } from '#node/ports.ts';
import { DonorToken } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import { defaultVersion, findJars } from '#scripts/kafka/jars.ts';
import { findJava } from '#scripts/kafka/java.ts';

import { startReader } from './log-reader.ts';

const brokers = inject('kafka').split(',');
const start = [0, 0, 0, 0];
const opened: LogPort[] = [];

const freshName = () => `test-${randomBytes(6).toString('hex')}`;

function open(topicPrefix: string, deadlineMs = 5_000, write: (line: string) => void = () => undefined): LogPort {
  const log = createKafkaLog({
    brokers,
    topicPrefix,
    clientId: 'contract',
    partitions: 4,
    deadlineMs,
    log: pino({}, { write }),
  });
  opened.push(log);
  return log;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.stop()));
});

/** kafkajs as somebody else would use it. */
const bare = new kafkajs.Kafka({ clientId: 'somebody-else', brokers, logLevel: kafkajs.logLevel.NOTHING });

async function withAdmin<Answer>(work: (admin: kafkajs.Admin) => Promise<Answer>): Promise<Answer> {
  const admin = bare.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function makeTopic(prefix: string, config: { readonly name: string; readonly value: string }): Promise<void> {
  const topic = { topic: `${prefix}.donors`, numPartitions: 4, configEntries: [config] };
  await withAdmin((admin) => admin.createTopics({ topics: [topic], waitForLeaders: true }));
}

/** Tokens of donors who do not exist. */
const tokens = Array.from({ length: 40 }, (_, at) =>
  DonorToken.parse(createHash('sha256').update(`nobody ${at}`).digest('base64url')),
);
const expected = tokens.map((token) => ({ token, partition: partitionOf(token, 4) }));

/** What a reader of the log finds, a donor a record. */
async function foundBy(log: LogPort): Promise<{ token: string; partition: number }[]> {
  const records = await startReader(log, { from: start }).until(tokens.length);
  const places = new Map(records.map(({ key, partition }) => [key, partition]));
  return tokens.map((token) => ({ token, partition: places.get(token) ?? -1 }));
}

async function javaTool(main: string, options: readonly string[]) {
  const jars = await findJars(process.env['LOOKOUT_KAFKA_VERSION'] ?? defaultVersion);
  const args = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', path.join(jars, '*'), main, ...options];
  return { java: await findJava(), args };
}

/** Java's console producer writes a record for each key. */
async function produceWithJava(topic: string, keys: readonly string[], codec = 'none'): Promise<void> {
  const isOld = (process.env['LOOKOUT_KAFKA_VERSION'] ?? defaultVersion) < '4';
  const { java, args } = await javaTool(`${isOld ? 'kafka' : 'org.apache.kafka'}.tools.ConsoleProducer`, [
    ...['--bootstrap-server', brokers.join(','), '--topic', topic, `--compression-codec=${codec}`],
    ...['--property', 'parse.key=true', '--property', 'key.separator=|'],
  ]);
  const producer = spawn(java, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  producer.stdin.end(keys.map((key) => `${key}|${'x'.repeat(1_000)}\n`).join(''));
  await once(producer, 'exit');
}

describe.skipIf(inject('kafka') === '')('the Kafka log among other clients', () => {
  test("kafkajs' default partitioner puts a donor where we look", async () => {
    const prefix = freshName();
    const log = open(prefix);
    await log.partitions();
    const producer = bare.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: `${prefix}.donors`, messages: tokens.map((key) => ({ key, value: 'x' })) });
    await producer.disconnect();
    expect(await foundBy(log)).toEqual(expected);
  });

  test.skipIf(!inject('ownKafka'))("Java's console producer puts a donor where we look", async () => {
    const prefix = freshName();
    const log = open(prefix);
    await log.partitions();
    await produceWithJava(`${prefix}.donors`, tokens);
    expect(await foundBy(log)).toEqual(expected);
  });

  test.skipIf(!inject('ownKafka'))("Java's console consumer finds a donor in the partition we say", async () => {
    const prefix = freshName();
    await open(prefix).append(
      'donors',
      expected.map(({ token, partition }) => ({ partition, key: token, value: 'fact' })),
    );
    const { java, args } = await javaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      '--bootstrap-server',
      brokers.join(','),
      '--topic',
      `${prefix}.donors`,
      '--from-beginning',
      '--max-messages',
      String(tokens.length),
      ...['print.key=true', 'print.partition=true', 'print.timestamp=true', 'print.value=true'].flatMap((property) => [
        '--property',
        property,
      ]),
    ]);
    const { stdout } = await promisify(execFile)(java, args);
    const lines = stdout.trim().split('\n');
    const found = lines.map((line) => ({
      token: tokens.find((token) => line.includes(token)),
      partition: Number(/Partition:(\d+)/.exec(line)?.[1]),
    }));
    expect(found).toHaveLength(tokens.length);
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(lines.every((line) => line.includes('LogAppendTime:') && line.endsWith('fact'))).toBe(true);
  });

  test('records without key or value are handed on as empty ones, not passed over', async () => {
    const prefix = freshName();
    const log = open(prefix);
    await log.partitions();
    const producer = bare.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: `${prefix}.donors`, messages: [{ key: null, value: null, partition: 0 }] });
    await producer.disconnect();
    const [record] = await startReader(log, { from: start }).until(1);
    expect(record).toMatchObject({ key: '', value: '', partition: 0, offset: 0 });
  });

  test('a topic that is deleted and made again is read from its start', async () => {
    const prefix = freshName();
    const log = open(prefix);
    const reader = startReader(log, { from: start });
    for (const value of ['a', 'b', 'c']) await log.append('donors', [{ partition: 0, key: 'key', value }]);
    await reader.untilValue('c');
    await withAdmin((admin) => admin.deleteTopics({ topics: [`${prefix}.donors`] }));
    const again = async (): Promise<void> => {
      await log.append('donors', [{ partition: 0, key: 'key', value: 'of the new one' }]).catch(again);
    };
    await again();
    await reader.untilValue('of the new one');
  });

  test('a reader goes on at the first record that was not deleted', async () => {
    const prefix = freshName();
    const log = open(prefix);
    for (const value of ['a', 'b', 'c']) await log.append('donors', [{ partition: 0, key: 'key', value }]);
    await withAdmin(async (admin) => {
      await admin.fetchTopicOffsets(`${prefix}.donors`); // kafkajs knows no topic that it was not asked about
      await admin.deleteTopicRecords({ topic: `${prefix}.donors`, partitions: [{ partition: 0, offset: '2' }] });
    });
    expect((await log.bounds('donors'))[0]).toEqual({ start: 2, end: 3 });
    const [record] = await startReader(log, { from: start }).until(1);
    expect(record).toMatchObject({ offset: 2, value: 'c' });
  });

  test('a topic that keeps the clocks of its writers is not written to', async () => {
    const prefix = freshName();
    await makeTopic(prefix, { name: 'message.timestamp.type', value: 'CreateTime' });
    const log = open(prefix);
    const append = log.append('donors', [{ partition: 0, key: 'key', value: 'x' }]);
    await expect(append).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    const offsets = await withAdmin((admin) => admin.fetchTopicOffsets(`${prefix}.donors`));
    expect(offsets.every(({ high }) => high === '0')).toBe(true);
  });

  test.skipIf(!inject('ownKafka'))(
    'what others write compressed can be read: in our topics lz4, elsewhere zstd',
    async () => {
      const [ours, foreign] = [freshName(), freshName()];
      await open(ours).partitions();
      await makeTopic(foreign, { name: 'compression.type', value: 'producer' });
      await Promise.all([
        produceWithJava(`${ours}.donors`, tokens, 'lz4'),
        produceWithJava(`${foreign}.donors`, tokens, 'zstd'),
      ]);
      expect(await foundBy(open(ours))).toEqual(expected);
      expect(await foundBy(open(foreign))).toEqual(expected);
    },
  );

  test.skipIf(!inject('ownKafka'))(
    'a record that cannot be unpacked stops nothing silently: it is named, and the log is not up',
    async () => {
      const prefix = freshName();
      await makeTopic(prefix, { name: 'compression.type', value: 'producer' });
      await produceWithJava(`${prefix}.donors`, tokens, 'lz4');
      const named = Promise.withResolvers<null>();
      let times = 0;
      const log = open(prefix, 5_000, (line) => {
        if (line.includes('LZ4 compression not implemented') && line.includes('taken up again')) times += 1;
        if (times === 2) named.resolve(null);
      });
      const reader = startReader(log, { from: start });
      await named.promise;
      expect(log.isUp()).toBe(false);
      await reader.stop();
    },
  );

  test('a topic with more partitions than agreed is refused by those that used it before, too', async () => {
    const prefix = freshName();
    const log = open(prefix, 2_000);
    await log.partitions();
    await withAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic: `${prefix}.donors`, count: 6 }] }));
    await expect(open(prefix).partitions()).rejects.toMatchObject({ code: 'LOG_CHANGED' });
  });
});
