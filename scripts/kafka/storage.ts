/**
 * The data folder: `log/` is Kafka's own, `server.properties` is written anew at every start, `kafka.log` is what the
 * broker says. Formatting the storage means naming cluster and node in one small file, which spares the second Java that
 * Kafka's own tool would be.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { KafkaUnavailable } from './kafka-unavailable.ts';

export interface Storage {
  readonly dataDir: string;
  readonly properties: string;
  readonly logFile: string;
}

export interface Ports {
  readonly clients: number;
  /** Where the node speaks with itself as the cluster's controller. */
  readonly controller: number;
}

/** Opens the data in the folder, or makes it when there is none. */
export async function openStorage(dataDir: string): Promise<Storage> {
  const log = path.join(dataDir, 'log');
  try {
    await mkdir(log, { recursive: true });
    const meta = path.join(log, 'meta.properties');
    const known = await readFile(meta, 'utf8').catch(() => '');
    if (!/^cluster\.id=./m.test(known)) {
      const clusterId = randomBytes(16).toString('base64url');
      await writeFile(`${meta}.new`, `version=1\ncluster.id=${clusterId}\nnode.id=1\n`);
      await rename(`${meta}.new`, meta);
    }
  } catch (cause) {
    throw new KafkaUnavailable(`The data folder ${dataDir} cannot be written.`, { cause });
  }
  return { dataDir, properties: path.join(dataDir, 'server.properties'), logFile: path.join(dataDir, 'kafka.log') };
}

/** One node that is everything; nothing waits for other brokers, and no topic appears that nobody made. */
export async function writeProperties({ dataDir, properties }: Storage, { clients, controller }: Ports): Promise<void> {
  const values = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${clients},CONTROLLER://127.0.0.1:${controller}`,
    'log.dirs': path.join(dataDir, 'log').replaceAll('\\', '/'),
    'auto.create.topics.enable': 'false',
    'log.message.timestamp.type': 'LogAppendTime',
    'default.replication.factor': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'broker.session.timeout.ms': '2000', // how long a broker that was killed keeps its successor waiting
    'broker.heartbeat.interval.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '4194304', // 128 MB would not fit the small heap
  };
  await writeFile(
    properties,
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
}
