/**
 * Sends entries to Kafka, one request at a time. Entries that come while a request is on its way travel together in the
 * next one, which is what makes throughput; one that comes alone leaves at once.
 *
 * After a request whose outcome is not known the producer is thrown away: kafkajs winds its sequence numbers back, so
 * that the broker could take the next, different entries for a repetition and drop them, saying all is well. Whatever
 * waits behind such a request fails with it, so that nothing overtakes what its caller is about to repeat.
 */
import type { Appended, LogEntry, LogTopic } from '../../ports.ts';
import type { KafkaLogOptions } from '../kafka-log.ts';
import { enqueue, takeRequest, unavailable } from './appends.ts';
import type { Append, Part } from './appends.ts';
import { createLink, deadlineOf, topicNameOf } from './link.ts';
import type { Producer } from './link.ts';

export interface Sender {
  append(topic: LogTopic, entries: readonly LogEntry[]): Promise<Appended>;
  stop(): Promise<void>;
}

/** What the sender needs to know of the log around it. */
export interface Surroundings {
  /** Resolves when the topics are what they should be. */
  readonly ready: () => Promise<void>;
  readonly heard: () => void;
  readonly failed: (error: unknown) => void;
}

export function createSender(options: KafkaLogOptions, { ready, heard, failed }: Surroundings): Sender {
  const deadline = deadlineOf(options);
  const queue: Append[] = [];
  const producers = createProducers(options, ready);
  let isStopped = false;
  let flushing: Promise<void> | undefined;

  const send = async (parts: readonly Part[]) => {
    try {
      const producer = await producers.current();
      await transmit(producer, parts, options);
    } finally {
      requests.delete(parts);
    }
  };
  const requests = new Map<readonly Part[], Promise<void>>();

  const flush = async () => {
    for (let parts = takeRequest(queue); parts.length > 0; parts = takeRequest(queue)) {
      try {
        const request = send(parts);
        requests.set(parts, request);
        await within(deadline, request);
        heard();
        for (const { append } of parts) {
          if (append.sent === append.entries.length) append.settle({ appendedAt: append.appendedAt });
        }
      } catch (error) {
        failed(error);
        producers.drop();
        for (const { append } of parts) append.settle(unavailable(error));
        for (const append of queue.splice(0)) append.settle(unavailable(error));
      }
    }
    flushing = undefined;
  };

  return {
    append: async (topic, entries) => {
      if (isStopped) throw unavailable('the log was stopped');
      const appended = enqueue(queue, topic, entries, deadline);
      // One microtask later, so that what is appended in this turn travels together.
      flushing ??= Promise.resolve().then(flush);
      return appended;
    },
    stop: async () => {
      isStopped = true;
      for (const append of queue.splice(0)) append.settle(unavailable('the log was stopped'));
      await flushing; // the request on its way gets its answer, or its deadline
      producers.drop();
      await Promise.allSettled(requests.values());
      await producers.settled();
    },
  };
}

/** The producer of the moment, and those that are on their way out. */
function createProducers(options: KafkaLogOptions, ready: () => Promise<void>) {
  let now: { readonly producer: Promise<Producer>; readonly drop: () => Promise<void> } | undefined;
  const leaving = new Set<Promise<void>>();

  const open = () => {
    const link = createLink(options);
    const producer = link.producer();
    const drop = async () => {
      link.cut();
      await producer.disconnect().catch(() => undefined);
    };
    const connected = ready().then(async () => {
      await producer.connect();
      return producer;
    });
    return { producer: connected, drop };
  };
  return {
    current: () => (now ??= open()).producer,
    drop: () => {
      if (now === undefined) return;
      const left = now.drop().finally(() => leaving.delete(left));
      leaving.add(left);
      now = undefined;
    },
    settled: () => Promise.all(leaving),
  };
}

/** Sends one request, and notes when Kafka took what was in it. */
async function transmit(producer: Producer, parts: readonly Part[], options: KafkaLogOptions): Promise<void> {
  const byTopic = Map.groupBy(parts, ({ append }) => append.topic);
  const answers = await producer.sendBatch({
    acks: -1,
    timeout: deadlineOf(options),
    topicMessages: [...byTopic].map(([topic, ofTopic]) => ({
      topic: topicNameOf(options, topic),
      messages: ofTopic.flatMap(({ entries }) =>
        entries.map(({ partition, key, value }) => ({ partition, key, value })),
      ),
    })),
  });
  const times = new Map(
    answers.map(({ topicName, partition, logAppendTime }) => [`${topicName} ${partition}`, Number(logAppendTime)]),
  );
  for (const { append, entries } of parts) {
    const name = topicNameOf(options, append.topic);
    for (const { partition } of entries) {
      const time = times.get(`${name} ${partition}`) ?? -1;
      // Another clock than the log's would decide who gets a permit.
      if (!(time > 0)) throw new TypeError(`${name} does not have message.timestamp.type=LogAppendTime`);
      append.appendedAt = Math.max(append.appendedAt, time);
    }
  }
}

/** The outcome of the work, or a rejection once the time is up; the work then goes on by itself. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException('no answer from Kafka', 'TimeoutError'));
    }, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
