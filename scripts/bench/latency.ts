/**
 * How long a desk waits while its station applies what others tell: checks at a steady pace in the process that applies, as in
 * a station. Said as how often the slowest of a hundred checks would fit into a second, so that the bound of 10 ms is 100.
 */
import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createPostgresInbox } from '#node/adapters/postgres-inbox.ts';
import { createDatabase } from '#node/db/client.ts';
import { findConflicts } from '#node/domain/conflict.ts';
import { judgeClaims } from '#node/domain/permit.ts';
import { createApplier } from '#node/replication/applier.ts';
import type { Applier } from '#node/replication/applier.ts';
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';

import { ownStation, partitions, prepareLog } from './apply/prepared-log.ts';
import type { PreparedLog } from './apply/prepared-log.ts';
import { asker } from './asker.ts';
import { median } from './bench.ts';
import type { Measured } from './bench.ts';
import type { BenchWithGoals } from './goal.ts';
import { anyToken, openBenchDatabases, sizes } from './station/data.ts';
import { createFreshStation } from './station/fresh-station.ts';

const boundMs = 10;
const checkEveryMs = 5;
/** A hundred events a second: seven provinces give blood five million times a year, a few times a second at noon. */
const batchEveryMs = 100;
const eventsABatch = 10;
const rounds = 3;
const batchesARound = 60;

type Check = () => Promise<unknown>;

/** The 99th of a hundred, in milliseconds, of checks that begin every few milliseconds until `work` is done. */
async function slowest(check: Check, work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  const begin = async (due: number): Promise<void> => {
    await check();
    // From when it was due: a process that is busy makes those wait who have not been let in yet.
    times.push(performance.now() - due);
  };
  const running: Promise<void>[] = [];
  let due = performance.now() + checkEveryMs;
  const tick = (): void => {
    running.push(begin(due));
    due += checkEveryMs;
    timer = setTimeout(tick, due - performance.now());
  };
  let timer = setTimeout(tick, checkEveryMs);
  await work();
  clearTimeout(timer);
  await Promise.all(running);
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;
}

async function applySteadily(applier: Applier, batches: PreparedLog['batches']): Promise<void> {
  for (const batch of batches) {
    const next = new Promise((resolve) => setTimeout(resolve, batchEveryMs));
    await applier.apply(batch);
    await next;
  }
}

const asMeasured = (name: string, milliseconds: number): Measured => ({
  name,
  perSecond: 1000 / milliseconds,
  cpuMs: milliseconds,
  cores: 0,
});

export const latencyBench: BenchWithGoals = {
  name: `the slowest of a hundred checks while ${(1000 / batchEveryMs) * eventsABatch} events a second are applied (CPU: ms waited)`,
  goals: [{ contender: 'while events are applied', measure: 'perSecond', ratio: 1 }],
  async run() {
    await using databases = await openBenchDatabases();
    const database = createDatabase(databases.urls.large, { poolSize: 8 });
    const fresh = createFreshStation(database, 700);
    const ruleSet = ruleSets.get(defaultRuleSetId);
    if (ruleSet === undefined) throw new Error('no rule set');
    const log = await prepareLog(rounds * batchesARound * eventsABatch, eventsABatch);
    const directory = { current: () => log.directory };
    const applier = createApplier({
      inbox: createPostgresInbox({ database, station: ownStation, instance: 'bench' }),
      verifier: createJoseVerifier({ directory }),
      directory,
      station: ownStation,
      partitions,
      judge: (history) => judgeClaims(history, (id) => ruleSets.get(id)),
      conflictsOf: (token, history) => findConflicts(token, history, ruleSet, ownStation),
      onApplied: () => undefined,
    });
    const check: Check = () => fresh.eligibility.check(asker, anyToken(sizes.large), 'WHOLE_BLOOD', null);
    const quiet: number[] = [];
    const busy: number[] = [];
    await slowest(check, () => new Promise((resolve) => setTimeout(resolve, 2_000)));
    for (let round = 0; round < rounds; round += 1) {
      quiet.push(await slowest(check, () => new Promise((resolve) => setTimeout(resolve, 4_000))));
      const some = log.batches.slice(round * batchesARound, (round + 1) * batchesARound);
      busy.push(await slowest(check, () => applySteadily(applier, some)));
    }
    fresh.stop();
    await database.stop();
    return [
      asMeasured('the bound', boundMs),
      asMeasured('while nothing is applied', median(quiet)),
      asMeasured('while events are applied', median(busy)),
    ];
  },
};
