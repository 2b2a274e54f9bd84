/**
 * What the import of a CSV file costs against the least that could store the same rows: two COPYs of rows that are ready, the
 * donations and what the federation is told of them, into tables with the same columns, checks and indexes. CPU time is that of this process; PostgreSQL's is in the rate only.
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
import { buffersOf, copyLine, csvLine, heading, outboxLine } from './import/rows.ts';

const rows = 100_000;
const copyDonations =
  'COPY bare (donation_no, token, event_id, procedure, collected_at, collected_on, volume_ml, outcome) FROM STDIN';
const copyOutbox = 'COPY bare_outbox (id, partition, token, at, body) FROM STDIN';

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

interface Ready {
  readonly donations: readonly Buffer[];
  readonly outbox: readonly Buffer[];
}

async function copyRows(pool: Pool, { donations, outbox }: Ready): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await pipeline(Readable.from(donations), client.query(copyFrom(copyDonations)));
    await pipeline(Readable.from(outbox), client.query(copyFrom(copyOutbox)));
    await client.query('COMMIT');
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
      await pool.query('CREATE TABLE bare_outbox (LIKE outbox INCLUDING ALL)');
      const file = [...buffersOf(rows, csvLine, heading)];
      const ready = { donations: [...buffersOf(rows, copyLine)], outbox: [...buffersOf(rows, outboxLine)] };
      const importOnce = () =>
        importFile({
          kind: 'donations',
          input: Readable.from(file),
          deps,
          entry: { changed: () => Promise.resolve() },
          onEvent: () => undefined,
        });
      const contenders: Contender[] = [
        { name: 'COPY of ready rows', run: () => timed(pool, 'bare, bare_outbox', () => copyRows(pool, ready)) },
        { name: 'import of CSV', run: () => timed(pool, 'donation, correction, outbox', importOnce) },
        { name: 'the same again', run: () => timed(pool, '', importOnce) },
      ];
      return await measureInterleaved({ contenders, rounds: 5, seconds: 0 });
    } finally {
      await stop();
    }
  },
};
