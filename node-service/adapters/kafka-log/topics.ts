/** The two topics: made when missing, and checked against what the federation agreed on. */
import { Fault } from '#schema/errors.ts';

import type { LogBounds, LogTopic } from '../../ports.ts';
import type { KafkaLogOptions } from '../kafka-log.ts';
import { topicNameOf, topicResource } from './link.ts';
import type { Admin, Link } from './link.ts';

const logTopics = ['donors', 'control'] as const satisfies readonly LogTopic[];

/** How many partitions a topic has. */
export const partitionsOf = ({ partitions }: KafkaLogOptions, topic: LogTopic): number =>
  topic === 'donors' ? partitions : 1;

/**
 * The broker's clock counts, nothing is ever forgotten, and the broker unpacks what a foreign producer compressed, so
 * that nobody can write what others cannot read.
 */
const configEntries = [
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  { name: 'retention.ms', value: '-1' },
  { name: 'retention.bytes', value: '-1' },
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'compression.type', value: 'uncompressed' },
];

/** Makes the topics that are missing. Throws the fault `LOG_CHANGED` when one has another number of partitions. */
export function requireTopics(link: Link, options: KafkaLogOptions): Promise<void> {
  return link.withAdmin(async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = logTopics.filter((topic) => !existing.has(topicNameOf(options, topic)));
    if (missing.length > 0) {
      // Another station may be faster: then the answer is false, and the topic is there.
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic: topicNameOf(options, topic),
          numPartitions: partitionsOf(options, topic),
          replicationFactor: options.replicationFactor ?? -1,
          configEntries,
        })),
      });
    }
    await requirePartitions(admin, options);
    await requireLogTime(admin, options);
  });
}

/** The clocks of those who write must not decide who gets a permit. Who may not look is told by the first append. */
async function requireLogTime(admin: Admin, options: KafkaLogOptions): Promise<void> {
  const setting = 'message.timestamp.type';
  const names = logTopics.map((topic) => topicNameOf(options, topic));
  const resources = names.map((name) => ({ type: topicResource, name, configNames: [setting] }));
  const described = await admin.describeConfigs({ includeSynonyms: false, resources }).catch(() => undefined);
  for (const { resourceName, configEntries: settings } of described?.resources ?? []) {
    const value = settings.find(({ configName }) => configName === setting)?.configValue;
    if (value !== undefined && value !== 'LogAppendTime') {
      throw new Fault('LOG_UNAVAILABLE', { cause: `${resourceName} has ${setting}=${value} and not LogAppendTime` });
    }
  }
}

async function requirePartitions(admin: Admin, options: KafkaLogOptions): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({
    topics: logTopics.map((topic) => topicNameOf(options, topic)),
  });
  for (const topic of logTopics) {
    const name = topicNameOf(options, topic);
    const found = topics.find((candidate) => candidate.name === name)?.partitions.length ?? 0;
    const wanted = partitionsOf(options, topic);
    if (found !== wanted) {
      throw new Fault('LOG_CHANGED', { cause: `${name} has ${found} partitions and not ${wanted}` });
    }
  }
}

/** The bounds of each partition of a topic. */
export async function boundsOf(link: Link, options: KafkaLogOptions, topic: LogTopic): Promise<LogBounds[]> {
  const found = await link.withAdmin((admin) => admin.fetchTopicOffsets(topicNameOf(options, topic)));
  return found
    .toSorted((a, b) => a.partition - b.partition)
    .map(({ low, high }) => ({ start: Number(low), end: Number(high) }));
}
