/** `lookout replay`: a station builds its copy of the donor log again from the start, while it runs. */
import { setTimeout } from 'node:timers/promises';

import { createPostgresInbox } from '#node/adapters/postgres-inbox.ts';
import { createDatabase } from '#node/db/client.ts';
import type { CatchUpStatus } from '#node/replication/catch-up.ts';
import { createReplay } from '#node/replication/replay.ts';

import { databaseUrlOf, stationOf } from './database.ts';
import { exitCodes, Problem } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { bar, createProgress } from './terminal.ts';
import { createVerb } from './verb.ts';

/** As many as the policy of a federation allows. */
const mostPartitions = 1_000;
const lookEveryMs = 500;
/** Who has applied nothing for so long does not run. */
const patienceMs = 60_000;

export const replayVerb = createVerb({
  name: 'replay',
  zh: '从头重建一个站点的献血者日志副本。',
  en: "Build a station's copy of the donor log again from the start of the log.",
  examples: [
    ['replay --station 310198B01', 'while it runs; until it is done the station asks the others live'],
    ['replay --station 310198B01 --json', 'a line of progress in JSON every half second'],
  ],
  exits: `0 done; 1 the station applies nothing, and goes on by itself once it does; 2 wrong usage; 4 the federation cannot be reached; 130 interrupted: the station goes on by itself.`,
}).requiredOption('--station <code>', 'the station');

interface Options {
  readonly state: string;
  readonly station: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** How much of the way is done, what is left of it, and where. */
function describe({ partitions, left, rate, secondsLeft }: CatchUpStatus): string {
  const total = partitions.reduce((sum, { end }) => sum + end, 0);
  const open = partitions.filter(({ position, end }) => position < end);
  const where = open.map(({ partition, position, end }) => `${partition}: ${end - position}`).join(', ');
  const time = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
  return `${bar(total - left, total)} ${left} records left, ${Math.round(rate)} a second${time} (partition ${where})`;
}

export async function replay({ state, station, json, quiet }: Options): Promise<ExitCode> {
  const code = stationOf(station);
  const database = createDatabase(await databaseUrlOf(state, code), { poolSize: 1 });
  const inbox = createPostgresInbox({ database, station: code, instance: `replay ${process.pid}` });
  const stopwatch = { moment: () => ({ monotonic: performance.now(), wall: Date.now() }) };
  const progress = createProgress({ quiet: quiet || json });
  try {
    const replaying = createReplay({ inbox, stopwatch, partitions: mostPartitions });
    await replaying.begin();
    progress.say(`${station} builds its copy of the donor log again.`);
    const done = await watch(replaying.look, (status) => {
      if (json) console.log(JSON.stringify({ ...status, partitions: status.partitions.filter(({ end }) => end > 0) }));
      else progress.update(describe(status));
    });
    if (!done) throw new Problem(`${station} applies nothing: does it run, and does the log?`, 'failed');
    progress.say(`${station} is where it was.`);
    return exitCodes.done;
  } finally {
    progress.clear();
    await database.stop();
  }
}

/** Whether the copy came back to where it was; false when it stands still for too long. */
async function watch(look: () => Promise<CatchUpStatus>, show: (status: CatchUpStatus) => void): Promise<boolean> {
  let left = Infinity;
  let movedAt = performance.now();
  for (;;) {
    const status = await look();
    show(status);
    if (status.isDone) return true;
    if (status.left < left) movedAt = performance.now();
    left = status.left;
    if (performance.now() - movedAt > patienceMs) return false;
    await setTimeout(lookEveryMs);
  }
}
