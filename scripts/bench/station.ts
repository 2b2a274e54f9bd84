/** A station's own eligibility, all facts local: in process, for a batch, and over HTTP, each against the bare query. */
import type { Pool } from 'pg';

import { createPostgresKnowledge } from '#node/adapters/postgres-knowledge.ts';
import { createDatabase } from '#node/db/client.ts';
import { createEligibility } from '#node/modules/eligibility/eligibility.ts';
import type { Eligibility } from '#node/modules/eligibility/eligibility.ts';
import { largestBatch } from '#schema/facts.ts';
import { ruleSets } from '#schema/rule-sets.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender, Measured, Turn } from './bench.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import type { BenchWithGoals } from './goal.ts';
import { httpLoad } from './http-load.ts';
import { anyToken, createBenchDatabase, station } from './station/data.ts';
import { queryMany, queryOne } from './station/floor.ts';

const inFlight = 32;
const poolSize = 8;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** As many at a time of one operation in this process, until the seconds are over. */
async function repeat(operation: () => Promise<unknown>, atATime: number, seconds: number): Promise<Turn> {
  const [began, cpuBefore] = [performance.now(), cpuMs()];
  let operations = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < began + seconds * 1000) {
      await operation();
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return { operations, seconds: (performance.now() - began) / 1000, cpuMs: cpuMs() - cpuBefore };
}

/** The use case of a station that is alone in its federation. */
function createOwnEligibility(pool: Pool): Eligibility {
  const ruleSet = ruleSets.get('CN-2012');
  if (ruleSet === undefined) throw new Error('no rule set');
  const nobody = { facts: { donations: [], bars: [], registrations: [] }, coverage: [] };
  return createEligibility({
    station,
    ruleSet,
    knowledge: createPostgresKnowledge({ pool, isLoaded: () => Promise.resolve(true) }),
    freshness: { current: () => [] },
    logTime: { earliest: () => null },
    federation: {
      heldElsewhere: () => Promise.resolve(nobody),
      heldElsewhereOf: (tokens) => Promise.resolve(tokens.map(() => nobody)),
    },
    clock: { now: () => new Date() },
  });
}

const anyTokens = () => Array.from({ length: largestBatch }, anyToken);

type Questions = (
  pool: Pool,
  eligibility: Eligibility,
) => readonly (readonly [name: string, ask: () => Promise<unknown>])[];

/** The bare query, then ours, taking turns in this process, so many questions in flight. */
async function inProcess(questions: Questions, atATime: number): Promise<readonly Measured[]> {
  await using bench = await createBenchDatabase();
  const database = createDatabase(bench.url, { poolSize });
  const contenders = questions(database.pool, createOwnEligibility(database.pool)).map(([name, ask]): Contender => ({
    name,
    run: (seconds) => repeat(ask, atATime, seconds),
  }));
  const measured = await measureInterleaved({ contenders, rounds: 5, seconds: 2 });
  await database.stop();
  return measured;
}

export const inProcessBench: BenchWithGoals = {
  name: 'station, in process: one donor, 32 in flight',
  goals: [{ contender: 'eligibility', measure: 'perSecond', ratio: 0.6 }],
  run: () =>
    inProcess(
      (pool, eligibility) => [
        ['bare prepared query', () => queryOne(pool, anyToken())],
        ['eligibility', () => eligibility.check(anyToken(), 'WHOLE_BLOOD', null)],
      ],
      inFlight,
    ),
};

export const batchBench: BenchWithGoals = {
  name: 'station, in process: a batch of 1,000 donors, 2 in flight',
  goals: [{ contender: 'eligibilityBatch', measure: 'perSecond', ratio: 0.5 }],
  run: () =>
    inProcess(
      (pool, eligibility) => [
        ['one = ANY query', () => queryMany(pool, anyTokens())],
        ['eligibilityBatch', () => eligibility.checkMany(anyTokens(), 'WHOLE_BLOOD', null)],
      ],
      2,
    ),
};

const query = `query ($token: DonorToken!) {
  eligibility(donor: { token: $token }, procedure: WHOLE_BLOOD) {
    ... on Decision { verdict eligibleFrom grounds { code rule until } coverage { complete } }
    ... on Refused { code message }
  }
}`;

function overHttp(name: string, server: ChildServer): Contender {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = () => JSON.stringify({ query, variables: { token: anyToken() } });
  return {
    name,
    run: (seconds) =>
      httpLoad({ url: server.url, method: 'POST', headers, body, inFlight, cpuMs: () => server.cpuMs() }, seconds),
  };
}

export const httpBench: BenchWithGoals = {
  name: 'station, over HTTP: one donor, 32 in flight',
  goals: [{ contender: 'node service', measure: 'perSecond', ratio: 0.6 }],
  async run(): Promise<readonly Measured[]> {
    await using database = await createBenchDatabase();
    const module = new URL('station/servers.ts', import.meta.url);
    const floor = await forkServer(module, 'floor', database.url);
    const ours = await forkServer(module, 'station', database.url, database.directoryFile);
    try {
      const contenders = [overHttp('node:http and the query', floor), overHttp('node service', ours)];
      return await measureInterleaved({ contenders, rounds: 5, seconds: 2 });
    } finally {
      await Promise.all([floor.stop(), ours.stop()]);
    }
  },
};
