/** The Java that runs the broker: the one of JAVA_HOME, or the first on the PATH; 17 or later. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { KafkaUnavailable } from './kafka-unavailable.ts';

const oldestJava = 17;

/** The command that starts Java. Throws `KafkaUnavailable` when there is none, or only one that is too old. */
export async function findJava(): Promise<string> {
  const home = process.env['JAVA_HOME'];
  const java = home === undefined || home === '' ? 'java' : path.join(home, 'bin', 'java');
  const said = await promisify(execFile)(java, ['-version']).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    () => undefined,
  );
  if (said === undefined) {
    const where = home === undefined || home === '' ? 'on the PATH' : `in JAVA_HOME (${home})`;
    throw new KafkaUnavailable(
      `Java is not to be found ${where}: install Java ${oldestJava} or later, or name a cluster in KAFKA_BROKERS.`,
    );
  }
  const version = /version "(?:1\.)?(\d+)/.exec(said)?.[1];
  if (version === undefined || Number(version) < oldestJava) {
    throw new KafkaUnavailable(
      `Java ${version ?? 'of an unknown version'} is too old for Kafka: install Java ${oldestJava} or later, or set JAVA_HOME to one.`,
    );
  }
  return java;
}
