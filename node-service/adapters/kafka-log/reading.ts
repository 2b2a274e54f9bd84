/**
 * Reads a topic from given offsets. kafkajs reads in consumer groups only, so each session is a group of its own with one
 * member: nothing is committed in Kafka, and the positions are set again whenever kafkajs has joined, since it forgets them.
 */
import { randomUUID } from 'node:crypto';

import { Fault } from '#schema/errors.ts';

import type { LogRecord } from '../../ports.ts';
import type { KafkaLogOptions } from '../kafka-log.ts';
import type { Session } from '../log-reading.ts';
import { createLink, topicNameOf } from './link.ts';
import type { Consumer, Link } from './link.ts';
import { boundsOf, partitionsOf } from './topics.ts';

/** A session that has heard nothing for so long, not even that there is nothing, is dead. */
const silenceMs = 60_000;
const heartbeatMs = 3_000;

type EachBatch = NonNullable<NonNullable<Parameters<Consumer['run']>[0]>['eachBatch']>;

/** One session: rejects when it breaks, resolves when the signal fires, and leaves nothing behind either way. */
export async function readSession(options: KafkaLogOptions, session: Session): Promise<void> {
  const { topic, signal } = session;
  const link = createLink(options);
  const consumer = link.consumer(`${options.topicPrefix ?? 'lookout'}.reader.${randomUUID()}`);
  let running: Promise<void> | undefined;
  const aborted = Promise.withResolvers<null>();
  const abort = () => {
    aborted.resolve(null);
  };
  signal.addEventListener('abort', abort);
  const watch = watchConsumer(consumer, options, session);
  try {
    await Promise.race([startAt(link, options, session), aborted.promise]);
    running = start(consumer, topicNameOf(options, topic), partitionsOf(options, topic), handOn(session, watch.alive));
    if (!signal.aborted) await Promise.race([running.then(() => watch.broken), watch.broken, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    watch.stop();
    // In this order: kafkajs then knows that it is to end when its long poll fails.
    const ended = consumer.disconnect().catch(() => undefined);
    link.cut();
    await ended;
    await running?.catch(() => undefined);
    await consumer.disconnect().catch(() => undefined);
  }
}

/** Positions that are not in the log, since it forgot them or is another one by now, become its first. */
async function startAt(link: Link, options: KafkaLogOptions, { topic, deliveries }: Session): Promise<void> {
  const bounds = await boundsOf(link, options, topic);
  for (const [partition, { start, end }] of bounds.entries()) {
    const wanted = deliveries.positions[partition] ?? 0;
    deliveries.positions[partition] = wanted < start || wanted > end ? start : wanted;
  }
}

async function start(consumer: Consumer, topic: string, concurrency: number, eachBatch: EachBatch): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ autoCommit: false, partitionsConsumedConcurrently: concurrency, eachBatch });
}

interface Watch {
  /** Rejects when the session is broken. */
  readonly broken: Promise<never>;
  readonly alive: () => void;
  readonly stop: () => void;
}

/** Turns what the consumer says into one promise that rejects when the session is broken. */
function watchConsumer(consumer: Consumer, options: KafkaLogOptions, session: Session): Watch {
  const { topic, deliveries, heard } = session;
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const name = topicNameOf(options, topic);
  let aliveAt = Date.now();
  const alive = () => {
    aliveAt = Date.now();
    heard();
  };
  const timer = setInterval(() => {
    if (Date.now() - aliveAt > silenceMs) reject(new DOMException('the reading fell silent', 'TimeoutError'));
  }, silenceMs / 4);
  consumer.on('consumer.group_join', ({ payload }) => {
    const assigned = payload.memberAssignment[name]?.length ?? 0;
    const wanted = partitionsOf(options, topic);
    if (assigned !== wanted) {
      reject(new Fault('LOG_CHANGED', { cause: `${name} has ${assigned} partitions and not ${wanted}` }));
    }
    for (const [partition, offset] of deliveries.positions.entries()) {
      consumer.seek({ topic: name, partition, offset: String(offset) });
    }
    alive();
  });
  consumer.on('consumer.fetch', alive);
  consumer.on('consumer.crash', ({ payload }) => {
    reject(payload.error);
  });
  const stop = () => {
    clearInterval(timer);
  };
  return { broken, alive, stop };
}

function handOn({ deliveries, signal }: Session, alive: () => void): EachBatch {
  return async (payload) => {
    if (signal.aborted || !payload.isRunning() || payload.isStale()) return;
    const { batch } = payload;
    const { partition } = batch;
    const records = batch.messages.map(({ offset, key, value, timestamp }): LogRecord => ({
      partition,
      offset: Number(offset),
      // Ours are never empty: whoever reads puts these aside.
      key: key?.toString() ?? '',
      value: value?.toString() ?? '',
      appendedAt: Number(timestamp),
    }));
    if (records.length === 0) return;
    // A reader may take its time; the group must not think that it is gone. An error comes back after the batch.
    const beat = setInterval(() => {
      alive();
      payload.heartbeat().catch(() => undefined);
    }, heartbeatMs);
    try {
      await deliveries.deliver({ partition, records, end: Number(batch.highWatermark) });
    } finally {
      clearInterval(beat);
    }
  };
}
