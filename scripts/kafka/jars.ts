/**
 * The broker's jars, from Maven Central by way of `mvn`, which knows this machine's mirror and proxy. They are fetched
 * once and kept in the user's cache folder, because `npm ci` empties node_modules.
 */
import { spawn } from 'node:child_process';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { Problem } from '#scripts/lookout/problem.ts';
import { takeLock } from '#scripts/start/lock.ts';

import { KafkaUnavailable } from './kafka-unavailable.ts';

/** What runs when nobody asks for another one. */
export const defaultVersion = '3.9.1';

const patienceMs = 600_000;

/** Answers the folder with the jars of a version, after fetching them if need be. */
export async function findJars(version: string): Promise<string> {
  const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'donor-lookout');
  const folder = path.join(cache, `kafka-${version}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true }).catch((cause: unknown) => {
    throw new KafkaUnavailable(`The folder ${cache} for Kafka's jars cannot be made.`, { cause });
  });
  const release = await takeTurn(`${folder}.lock`, cache);
  try {
    if (!(await exists(folder))) await fetchInto(folder, version);
  } finally {
    await release();
  }
  return folder;
}

const exists = async (file: string) => (await stat(file).catch(() => undefined)) !== undefined;

/** Two starts at once: the second waits for what the first fetches. */
async function takeTurn(lock: string, cache: string): Promise<() => Promise<void>> {
  for (const began = Date.now(); ;) {
    try {
      return await takeLock(lock, cache);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (Date.now() - began > patienceMs) {
        throw new KafkaUnavailable(`Another run has been fetching Kafka for ten minutes: end it, or delete ${lock}.`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function fetchInto(folder: string, version: string): Promise<void> {
  const partial = `${folder}.${process.pid}`;
  try {
    await mkdir(partial, { recursive: true });
    const pom = path.join(partial, 'pom.xml');
    await writeFile(pom, projectOf(version));
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
    const { code, output } = await run('mvn', ['--batch-mode', '--quiet', '--file', pom, ...goal]);
    if (code === undefined) {
      throw new KafkaUnavailable(
        'Apache Maven (mvn) is not installed, which fetches Kafka: install it, or name a cluster in KAFKA_BROKERS.',
      );
    }
    if (code !== 0) {
      const said = /\[ERROR\] *(.+)/.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? '';
      throw new KafkaUnavailable(`Apache Maven could not fetch Kafka ${version}: ${said}`);
    }
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The broker, its command-line tools, and a logger that writes plain lines in the place of the one it brings. */
function projectOf(version: string): string {
  const dependency = (group: string, artifact: string, at: string, without = '') =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${at}</version>${without}</dependency>`;
  const withoutLogger =
    '<exclusions><exclusion><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId></exclusion></exclusions>';
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>donor-lookout</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', version)}
    ${dependency('org.apache.kafka', 'kafka-tools', version, withoutLogger)}
    ${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`;
}

/** Runs a command to its end; no code when there is no such command. */
async function run(command: string, args: readonly string[]): Promise<{ code: number | undefined; output: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number | undefined>((resolve) => {
    child.once('error', () => {
      resolve(undefined);
    });
    child.once('close', (status) => {
      resolve(status ?? 1);
    });
  });
  return { code, output };
}
