/**
 * A real Kafka broker for the tests and `npm start -- --kafka`: the jars of Maven Central, one node (KRaft), listening on
 * 127.0.0.1 only. It ends with the process that started it, also when that one is killed.
 */
import { KafkaUnavailable } from './kafka/kafka-unavailable.ts';

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
export function startKafka(options: KafkaOptions): Promise<Kafka> {
  return Promise.reject(new KafkaUnavailable(`No broker for ${options.dataDir} yet.`));
}
