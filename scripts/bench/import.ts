/**
 * What the import of a CSV file costs against the least that could store its rows: one COPY of rows that are ready, into a
 * table with the same columns, checks and indexes. CPU time is that of this process; PostgreSQL's is in the rate only.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { importFile } from '#node/modules/import/import.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender, Turn } from './bench.ts';
import type { BenchWithGoals } from './goal.ts';
import { openBenchStation } from './import/bench-station.ts';
import { buffersOf, copyLine, csvLine, heading } from './import/rows.ts';

const rows = 100_000;
const copyStatement =
  'COPY bare (donation_no, token, procedure, collected_at, collected_on, volume_ml, outcome) FROM STDIN';

/** One file from its first byte to its commit. Tables are emptied, and the disk is quiet, before the clock runs. */
async function timed(pool: Pool, empty: string, work: () => Promise<unknown>): Promise<Turn> {
  if (empty !== '') await pool.query(`TRUNCATE ${empty}`);
  await pool.query('CHECKPOINT');
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { operations: rows, seconds: (performance.now() - began) / 1000, cpuMs: (user + system) / 1000 };
}

async function copyRows(pool: Pool, ready: readonly Buffer[]): Promise<void> {
  const client = await pool.connect();
  try {
    await pipeline(Readable.from(ready), client.query(copyFrom(copyStatement)));
  } finally {
    client.release();
  }
}

/** The goal is that of the first import; a repeat finds nothing new, and is here to see that it costs no more. */
export const importBench: BenchWithGoals = {
  name: 'import',
  goals: [{ contender: 'import of CSV', measure: 'perSecond', ratio: 0.3 }],
  async run() {
    const { deps, stop } = await openBenchStation();
    try {
      const { pool } = deps;
      await pool.query('CREATE TABLE bare (LIKE donation INCLUDING ALL)');
      const file = [...buffersOf(rows, csvLine, heading)];
      const ready = [...buffersOf(rows, copyLine)];
      const importOnce = () =>
        importFile({ kind: 'donations', input: Readable.from(file), deps, onEvent: () => undefined });
      const contenders: Contender[] = [
        { name: 'COPY of ready rows', run: () => timed(pool, 'bare', () => copyRows(pool, ready)) },
        { name: 'import of CSV', run: () => timed(pool, 'donation', importOnce) },
        { name: 'the same again', run: () => timed(pool, '', importOnce) },
      ];
      return await measureInterleaved({ contenders, rounds: 5, seconds: 0 });
    } finally {
      await stop();
    }
  },
};
