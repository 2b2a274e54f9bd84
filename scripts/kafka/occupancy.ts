/**
 * One broker a data folder. Kafka locks its folder only after it has written to it, so two brokers at once would spoil it:
 * ours take turns before that. A broker whose starter was killed may still be ending; it is waited for.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Problem } from '#scripts/lookout/problem.ts';
import { takeLock } from '#scripts/start/lock.ts';
import { ProcessIdentity, identityOf, isRunning } from '#scripts/start/process-identity.ts';

import { KafkaUnavailable } from './kafka-unavailable.ts';

export interface Occupancy {
  /** Names the broker that now uses the folder. */
  hold(pid: number): Promise<void>;
  leave(): Promise<void>;
}

const patienceMs = 25_000;

/** Takes the folder, or says that somebody has it. */
export async function occupy(dataDir: string): Promise<Occupancy> {
  const release = await takeLock(path.join(dataDir, 'starter.lock'), dataDir).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    throw new KafkaUnavailable(
      `The data folder ${dataDir} is in use by another broker: stop that one, or name another folder.`,
    );
  });
  const file = path.join(dataDir, 'broker.json');
  await endOf(file);
  return {
    hold: (pid) => writeFile(file, JSON.stringify(identityOf(pid))),
    leave: async () => {
      await rm(file, { force: true });
      await release();
    },
  };
}

async function endOf(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text === '') return;
  const found = ProcessIdentity.safeParse(JSON.parse(text));
  if (!found.success) return;
  for (const began = Date.now(); isRunning(found.data);) {
    if (Date.now() - began > patienceMs) process.kill(found.data.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
