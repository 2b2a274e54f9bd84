/**
 * What a station costs that has nothing to do: the CPU time of its whole process, with its donor log on Kafka, over a minute of
 * rest. It says its heartbeats, looks after its lease and waits for the log all the same.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startKafka } from '#scripts/kafka.ts';
import { startPostgres } from '#scripts/postgres.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender, Measured } from './bench.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import type { BenchWithGoals } from './goal.ts';

const name = 'a station at rest';
/** What is compiled and collected after the start is not what is measured. */
const settlingMs = 20_000;

/** A second of rest is an operation. */
const atRest = (station: ChildServer): Contender => ({
  name,
  async run(seconds) {
    const [began, before] = [performance.now(), await station.cpuMs()];
    await pause(seconds * 1000);
    const [cpuMs, elapsed] = [(await station.cpuMs()) - before, (performance.now() - began) / 1000];
    return { operations: elapsed, seconds: elapsed, cpuMs };
  },
});

async function run(): Promise<readonly Measured[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-idle-'));
  try {
    await using postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), ephemeral: true });
    await using kafka = await startKafka({ dataDir: path.join(folder, 'kafka'), ephemeral: true });
    const module = new URL('idle/station.ts', import.meta.url);
    const station = await forkServer(module, folder, kafka.brokers, postgres.url('postgres'));
    try {
      await pause(settlingMs);
      return await measureInterleaved({ contenders: [atRest(station)], rounds: 5, seconds: 10 });
    } finally {
      await station.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const idleBench: BenchWithGoals = {
  name: 'idle: a second of a station on Kafka',
  run,
  goals: [{ contender: name, measure: 'cores', most: 0.01 }],
};
