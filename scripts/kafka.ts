/**
 * A real Kafka broker for the tests and `npm start -- --kafka`: the jars of Maven Central, one node (KRaft), listening on
 * 127.0.0.1 only. It ends with the process that started it, also when that one is killed, and says what is missing in one
 * sentence. `LOOKOUT_KAFKA_VERSION` asks for another version than the usual one.
 */
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import path from 'node:path';

import { launch } from './kafka/broker.ts';
import type { Broker } from './kafka/broker.ts';
import { defaultVersion, findJars } from './kafka/jars.ts';
import { findJava } from './kafka/java.ts';
import { KafkaUnavailable } from './kafka/kafka-unavailable.ts';
import { occupy } from './kafka/occupancy.ts';
import type { Occupancy } from './kafka/occupancy.ts';
import { openStorage, writeProperties } from './kafka/storage.ts';

export interface KafkaOptions {
  /** Where the data is kept. Made when it is missing. */
  readonly dataDir: string;
  /** The port to listen on; a free one when left out. */
  readonly port?: number;
  /** For tests: the data folder goes when the broker stops, however it stops. */
  readonly ephemeral?: boolean;
}

export interface Kafka extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly brokers: string;
  readonly port: number;
  /** Settles when the broker has ended, by `stop` or by itself, with its exit code. */
  readonly exited: Promise<number>;
  stop(): Promise<void>;
  /** For tests: ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** For tests: holds it still (SIGSTOP), and lets it go on (SIGCONT). */
  pause(): void;
  resume(): void;
}

/** Starts a broker with its data, or throws `KafkaUnavailable` with a sentence for the person at the terminal. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  if (process.platform === 'win32') {
    throw new KafkaUnavailable('On Windows no broker is started: name a cluster in KAFKA_BROKERS.');
  }
  const java = await findJava();
  const jars = await findJars(process.env['LOOKOUT_KAFKA_VERSION'] ?? defaultVersion);
  const storage = await openStorage(path.resolve(options.dataDir));
  const occupancy = await occupy(storage.dataDir);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const free = await findFreePorts();
      const port = options.port ?? free.clients;
      await writeProperties(storage, { ...free, clients: port });
      const started = await launch({ java, jars, storage, ephemeral: options.ephemeral ?? false });
      if ('broker' in started) return await handleOf(started.broker, port, occupancy);
      if (!started.again || attempt === 5) throw new KafkaUnavailable(started.sentence);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } catch (error) {
    await occupancy.leave();
    throw error;
  }
}

async function handleOf(broker: Broker, port: number, occupancy: Occupancy): Promise<Kafka> {
  await occupancy.hold(broker.pid);
  const exited = broker.exited.finally(() => occupancy.leave());
  const stop = async () => {
    await broker.stop();
    await exited;
  };
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    exited,
    stop,
    kill: async () => {
      broker.signal('SIGKILL');
      await exited;
    },
    pause: () => {
      broker.signal('SIGSTOP');
    },
    resume: () => {
      broker.signal('SIGCONT');
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Both held at once, so that they differ. */
async function findFreePorts(): Promise<{ clients: number; controller: number }> {
  const probes = await Promise.all([listen(), listen()]);
  const [clients, controller] = probes.map((probe) => {
    const address = probe.address();
    return typeof address === 'object' ? address?.port : undefined;
  });
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  if (clients === undefined || controller === undefined) throw new KafkaUnavailable('No free port was found.');
  return { clients, controller };
}

async function listen(): Promise<Server> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  return probe;
}
