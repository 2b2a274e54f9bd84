/**
 * All that is imported from kafkajs, and what has to be known of it. A link is a client whose sockets are ours: kafkajs
 * cannot be told to give up, it goes on connecting and sending behind the back of whoever stopped waiting.
 */
import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

import kafkajs from 'kafkajs';
import type {
  Admin,
  Consumer,
  ISocketFactory,
  ISocketFactoryArgs,
  Kafka,
  Producer,
  RetryOptions,
  SASLOptions,
} from 'kafkajs';
import type { Logger } from 'pino';

import type { LogTopic } from '../../ports.ts';
import type { KafkaLogOptions } from '../kafka-log.ts';

export type { Admin, Consumer, Producer };

/** Far more than any batch holds: what unpacks to more than that is meant to do harm. */
const maxUnpackedBytes = 64 * 1024 * 1024;

// kafkajs knows gzip alone. Node knows zstd; lz4 and snappy it refuses by name, and the reading says so.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => promisify(zstdCompress)(buffer),
  decompress: (buffer: Buffer) => promisify(zstdDecompress)(buffer, { maxOutputLength: maxUnpackedBytes }),
});

const retry: RetryOptions = {
  initialRetryTime: 50,
  maxRetryTime: 500,
  retries: 5,
  restartOnFailure: () => Promise.resolve(false),
};

export interface Link {
  producer(): Producer;
  consumer(groupId: string): Consumer;
  /** Connects an admin for as long as the work takes. */
  withAdmin<Answer>(work: (admin: Admin) => Promise<Answer>): Promise<Answer>;
  /** Breaks every connection; nothing can be sent over this link any more. */
  readonly cut: () => void;
}

/** What Kafka calls a topic where it asks for the kind of thing that is configured. */
export const topicResource = kafkajs.ConfigResourceTypes.TOPIC;

export const topicNameOf = ({ topicPrefix }: KafkaLogOptions, topic: LogTopic): string =>
  `${topicPrefix ?? 'lookout'}.${topic}`;

export const deadlineOf = ({ deadlineMs }: KafkaLogOptions): number => deadlineMs ?? 5_000;

export function createLink(options: KafkaLogOptions): Link {
  const sockets = new Set<Socket>();
  let isCut = false;
  const openSocket = (args: ISocketFactoryArgs): Socket => {
    const socket = open(args, isCut);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const client = createClient(options, openSocket, () => (isCut ? [] : [...options.brokers]));
  return {
    // A request at a time, and another one only once its outcome is known: order in the partition hangs on it. Retrying
    // the same request is safe, the broker knows it by its sequence number; the deadline ends it.
    producer: () =>
      client.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        retry: { ...retry, retries: Number.MAX_SAFE_INTEGER },
      }),
    consumer: (groupId) =>
      client.consumer({
        groupId,
        allowAutoTopicCreation: false,
        maxBytesPerPartition: 1_048_576,
        maxWaitTimeInMs: 5_000, // a long poll: it returns as soon as there is a record
        heartbeatInterval: 3_000,
        sessionTimeout: 30_000,
        metadataMaxAge: 60_000, // how late a changed number of partitions is seen
        retry,
      }),
    withAdmin: async (work) => {
      const admin = client.admin({ retry: { ...retry, retries: 3 } });
      try {
        await admin.connect();
        return await work(admin);
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    },
    cut: () => {
      isCut = true;
      // With an error: kafkajs does not listen to 'close'.
      for (const socket of sockets) socket.destroy(new Error('the donor log gave this connection up'));
    },
  };
}

function open({ host, port, ssl, onConnect }: ISocketFactoryArgs, isCut: boolean): Socket {
  if (isCut) throw new TypeError('this link was cut'); // kafkajs makes a connection error of it
  // False without TLS, whatever its type says.
  const isPlain = !(ssl as unknown);
  const socket = isPlain
    ? connectPlain({ host, port }, onConnect)
    : connectSecurely({ host, port, servername: host, ...ssl }, onConnect);
  return socket.setKeepAlive(true, 60_000).setNoDelay(true);
}

function createClient(
  { clientId, tls, sasl, log }: KafkaLogOptions,
  socketFactory: ISocketFactory,
  brokers: () => string[],
): Kafka {
  return new kafkajs.Kafka({
    brokers,
    clientId,
    ...(tls !== undefined && { ssl: tls }),
    ...(sasl !== undefined && { sasl: authenticationOf(sasl) }),
    requestTimeout: 10_000,
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    retry,
    socketFactory,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => {
      tell(log, entry.namespace, entry.log.message);
    },
  });
}

/** Its types want one object a mechanism. */
function authenticationOf({ mechanism, username, password }: NonNullable<KafkaLogOptions['sasl']>): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}

/** kafkajs repeats itself while a broker is away; what matters is said once, by us. */
function tell(log: Logger, part: string, message: string): void {
  log.debug({ part }, `kafkajs: ${message}`);
}
