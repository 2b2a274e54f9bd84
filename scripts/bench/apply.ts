/**
 * What the applier costs against the least that could do its work: bare signature checks, and bare inserts of the same rows in
 * batches of the same size. CPU time is that of this process; PostgreSQL's is in the rate only.
 */
import type { Pool } from 'pg';

import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createPostgresInbox } from '#node/adapters/postgres-inbox.ts';
import type { Database } from '#node/db/client.ts';
import { findConflicts } from '#node/domain/conflict.ts';
import { judgeClaims } from '#node/domain/permit.ts';
import { createApplier } from '#node/replication/applier.ts';
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';

import { createFloor } from './apply/floor.ts';
import { ownStation, partitions, prepareLog } from './apply/prepared-log.ts';
import type { PreparedLog } from './apply/prepared-log.ts';
import { measureInterleaved } from './bench.ts';
import type { Contender, Turn } from './bench.ts';
import type { BenchWithGoals } from './goal.ts';
import { openBenchStation } from './import/bench-station.ts';

const events = Number(process.env['LOOKOUT_BENCH_EVENTS'] ?? 20_000);

/** The whole log once. Tables are emptied, and the disk is quiet, before the clock runs. */
async function timed(pool: Pool, work: () => Promise<unknown>): Promise<Turn> {
  await pool.query('TRUNCATE bare, event, origin_progress, quarantine, log_position, conflict');
  await pool.query('CHECKPOINT');
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { operations: events, seconds: (performance.now() - began) / 1000, cpuMs: (user + system) / 1000 };
}

async function applyAll(database: Database, { directory, batches }: PreparedLog): Promise<void> {
  const ruleSet = ruleSets.get(defaultRuleSetId);
  if (ruleSet === undefined) throw new Error('no rule set');
  const directoryPort = { current: () => directory };
  const applier = createApplier({
    inbox: createPostgresInbox({ database, station: ownStation, instance: 'bench' }),
    verifier: createJoseVerifier({ directory: directoryPort }),
    directory: directoryPort,
    station: ownStation,
    partitions,
    judge: (history) => judgeClaims(history, (id) => ruleSets.get(id)),
    conflictsOf: (token, history) => findConflicts(token, history, ruleSet, ownStation),
    onApplied: () => undefined,
  });
  // A reading hands over the batches of a partition one after the other, and several partitions at once.
  const perPartition = Array.from({ length: partitions }, (_, partition) =>
    batches.filter((batch) => batch.partition === partition),
  );
  await Promise.all(
    perPartition.map(async (own) => {
      for (const batch of own) await applier.apply(batch);
    }),
  );
}

export const applyBench: BenchWithGoals = {
  name: 'apply',
  goals: [{ contender: 'the applier', measure: 'perSecond', ratio: 0.5 }],
  async run() {
    const { deps, database, stop } = await openBenchStation();
    try {
      const { pool } = deps;
      await pool.query('CREATE TABLE bare (LIKE event INCLUDING ALL)');
      const log = await prepareLog(events, 1_000);
      const floor = createFloor(pool, log);
      const contenders: Contender[] = [
        { name: 'bare checks and inserts', run: () => timed(pool, floor) },
        { name: 'the applier', run: () => timed(pool, () => applyAll(database, log)) },
      ];
      return await measureInterleaved({ contenders, rounds: 3, seconds: 0 });
    } finally {
      await stop();
    }
  },
};
