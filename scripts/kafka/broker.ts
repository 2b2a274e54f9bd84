/**
 * One broker process. As with PostgreSQL, a line of shell stands between us and it: the broker is stopped when the pipe to
 * us closes, which is how we stop it and also what happens when we are killed. It runs in a session of its own, so that a
 * Ctrl-C at the terminal reaches the stations first and the log last.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';

import type { Storage } from './storage.ts';

export interface Broker {
  readonly pid: number;
  readonly exited: Promise<number>;
  stop(): Promise<void>;
  /** Sends the broker itself a signal. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

type Started = { readonly broker: Broker } | { readonly again: boolean; readonly sentence: string };

interface Launch {
  readonly java: string;
  readonly jars: string;
  readonly storage: Storage;
  readonly ephemeral: boolean;
}

/**
 * `$1` is a folder to remove at the end, or empty; the rest is the broker's command. Descriptor 3 is the pipe to us. A broker
 * that was to be thrown away, or that does not end in time, is killed.
 */
const keeper = `
remove=$1; shift
"$@" 3<&- & broker=$!
echo "keeper: broker is $broker" >&2
( read -r _ <&3
  if [ -n "$remove" ]; then kill -KILL "$broker"; exit; fi
  kill -CONT "$broker"; kill -TERM "$broker"; sleep 20; kill -KILL "$broker" ) 2>/dev/null & watch=$!
wait "$broker"; code=$?
kill "$watch" 2>/dev/null
[ -z "$remove" ] || rm -rf "$remove"
exit "$code"`;

const patienceMs = 60_000;

/** A small broker that starts fast: it never runs long enough hot for the second compiler to pay. */
const javaOptions = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
const logOptions = [
  'showDateTime=true',
  'dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
  'showThreadName=false',
  'defaultLogLevel=warn',
  'log.kafka.server.KafkaRaftServer=info', // says when it is ready
];

/** Starts the broker and waits until it takes connections, or says why it does not. */
export async function launch({ java, jars, storage, ephemeral }: Launch): Promise<Started> {
  const { dataDir, properties, logFile } = storage;
  const logger = logOptions.map((option) => `-Dorg.slf4j.simpleLogger.${option}`);
  const command = [java, ...javaOptions, ...logger, '-cp', path.join(jars, '*'), 'kafka.Kafka', properties];
  const child = spawn('/bin/sh', ['-c', keeper, 'sh', ephemeral ? dataDir : '', ...command], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const { stderr, stdio } = child;
  const leash = stdio[3];
  if (leash === null || leash === undefined || stderr === null) {
    throw new TypeError('the broker was started without its pipes');
  }
  leash.on('error', () => undefined); // it was closed from the other side: `exited` tells
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      leash.destroy();
      resolve(code ?? 1);
    });
  });
  const file = createWriteStream(logFile, { flags: 'a' });
  file.on('error', () => undefined); // an ephemeral folder goes before the last line is written
  let pid: number | undefined;
  const said: string[] = [];
  const ready = new Promise<'ready'>((resolve) => {
    const lines = createInterface({ input: stderr });
    lines.on('close', () => file.end());
    lines.on('line', (line) => {
      file.write(`${line}\n`);
      pid ??= pidIn(line);
      if (/ (ERROR|FATAL) |Exception/.test(line) && said.length < 50) said.push(line);
      if (line.includes('Kafka Server started')) resolve('ready');
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, patienceMs, 'late');
  });
  const outcome = await Promise.race([ready, exited, late]);
  clearTimeout(timer);
  const stop = async () => {
    leash.destroy();
    await exited;
    if (ephemeral) await rm(dataDir, { recursive: true, force: true });
  };
  if (outcome === 'ready' && pid !== undefined) {
    const broker = pid;
    return { broker: { pid, exited, stop, signal: (name) => void process.kill(broker, name) } };
  }
  if (outcome === 'late') await stop();
  return explain(said, storage);
}

function pidIn(line: string): number | undefined {
  const found = /^keeper: broker is (\d+)$/.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

function explain(said: readonly string[], { dataDir, logFile }: Storage): { again: boolean; sentence: string } {
  const all = said.join('\n');
  if (/BindException|Address already in use/.test(all)) {
    return { again: true, sentence: 'The port is in use, so Kafka cannot listen on it.' };
  }
  const cause = /(?:Exception|Error): (.+)/.exec(all)?.[1] ?? 'it did not say why';
  return { again: false, sentence: `Kafka could not start on the data in ${dataDir} (${cause}): see ${logFile}.` };
}
