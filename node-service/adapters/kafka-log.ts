/** The donor log in a Kafka cluster, through kafkajs. */
import type { ConnectionOptions } from 'node:tls';

import type { Logger } from 'pino';

import { Fault } from '#schema/errors.ts';

import type { LogPort } from '../ports.ts';

export interface KafkaLogOptions {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** How many partitions `donors` has, by the federation's agreement. */
  readonly partitions: number;
  /** How the brokers' logs name this client. */
  readonly clientId: string;
  /** Topics are `<prefix>.donors` and `<prefix>.control`. `lookout` when left out. */
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
  throw new Fault('LOG_UNAVAILABLE', { cause: `${options.clientId}: being written` });
}
