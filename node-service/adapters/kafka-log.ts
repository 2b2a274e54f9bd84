/** The donor log in a Kafka cluster: topics, appends, readings. What is known of kafkajs is in `kafka-log/link.ts`. */
import type { ConnectionOptions } from 'node:tls';

import type { Logger } from 'pino';

import type { LogPort } from '../ports.ts';
import { requirePossible } from './log-entries.ts';
import { createLogHealth } from './log-health.ts';
import type { LogHealth } from './log-health.ts';
import { createReadings } from './log-reading.ts';
import type { Session } from './log-reading.ts';
import { unavailable } from './kafka-log/appends.ts';
import { createLink, deadlineOf } from './kafka-log/link.ts';
import type { Link } from './kafka-log/link.ts';
import { readSession } from './kafka-log/reading.ts';
import { createSender } from './kafka-log/sender.ts';
import { boundsOf, requireTopics } from './kafka-log/topics.ts';

export interface KafkaLogOptions {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** How many partitions `donors` has, by the federation's agreement. */
  readonly partitions: number;
  /** How the brokers' logs name this client. */
  readonly clientId: string;
  /** Topics are `<prefix>.donors` and `<prefix>.control`, groups `<prefix>.reader.*`. `lookout` when left out. */
  readonly topicPrefix?: string;
  /** Copies of topics that have to be made; the brokers' own default when left out. */
  readonly replicationFactor?: number;
  /** TLS with the system's authorities, or with what is given. */
  readonly tls?: true | Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername'>;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** How long an append may take, in milliseconds. 5,000 when left out. */
  readonly deadlineMs?: number;
  readonly log: Logger;
}

export function createKafkaLog(options: KafkaLogOptions): LogPort {
  const health = createLogHealth(options.log);
  const topics = createTopics(options, health);
  const failed = (error: unknown) => {
    topics.forget();
    health.failed(error);
  };
  const sender = createSender(options, { ready: topics.ready, heard: health.heard, failed });
  const readings = createReadings({
    ...{ ready: topics.ready, forget: topics.forget, health, log: options.log },
    readSession: (session: Session) => readSession(options, session),
  });

  return {
    partitions: async () => {
      await topics.ready();
      return options.partitions;
    },
    append: async (topic, entries) => {
      requirePossible(entries);
      if (entries.length === 0) return { appendedAt: Date.now() };
      return sender.append(topic, entries);
    },
    bounds: async (topic) => {
      await topics.ready();
      return topics.ask((link) => boundsOf(link, options, topic));
    },
    read: readings.read,
    isUp: health.isUp,
    stop: async () => {
      await Promise.all([sender.stop(), readings.stop()]);
    },
  };
}

interface Topics {
  /** Resolves once they were seen to be what they should be; asks anew after `forget`. */
  readonly ready: () => Promise<void>;
  /** What failed may have failed because the topics are no longer what they were. */
  readonly forget: () => void;
  /** Asks over a link of its own. What fails is `LOG_UNAVAILABLE`, unless it is a fault already. */
  readonly ask: <Answer>(work: (link: Link) => Promise<Answer>) => Promise<Answer>;
}

function createTopics(options: KafkaLogOptions, health: LogHealth): Topics {
  let checked: Promise<void> | undefined;
  const ask: Topics['ask'] = async (work) => {
    const link = createLink(options);
    const timer = setTimeout(link.cut, deadlineOf(options));
    try {
      const answer = await work(link);
      health.heard();
      return answer;
    } catch (error) {
      health.failed(error);
      throw unavailable(error);
    } finally {
      clearTimeout(timer);
      link.cut();
    }
  };
  const forget = () => {
    checked = undefined;
  };
  const ready = () => {
    if (checked === undefined) {
      checked = ask((link) => requireTopics(link, options));
      checked.catch(forget);
    }
    return checked;
  };
  return { ready, forget, ask };
}
