/**
 * A station's eligibility from its copy of the donor log: in process, for a batch, and over HTTP, each against the bare query
 * for the same rows; and whether the size of the copy and the number of members matter.
 */
import { createDatabase } from '#node/db/client.ts';
import { largestBatch } from '#schema/facts.ts';

import { asker } from './asker.ts';
import { measureInterleaved } from './bench.ts';
import type { Contender, Measured, Turn } from './bench.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import type { BenchWithGoals } from './goal.ts';
import { httpLoad } from './http-load.ts';
import { anyToken, openBenchDatabases, sizes } from './station/data.ts';
import { queryMany, queryOne } from './station/floor.ts';
import { createFreshStation } from './station/fresh-station.ts';

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

/** The federation is this large, and this small. */
const [few, many] = [10, 700];

type Size = keyof typeof sizes;

const facts = (size: Size): string => `${sizes[size].toLocaleString('en')} facts`;

/** A station with a database of its own connections, for as long as a bench takes. */
function openStation(url: string, members: number) {
  const database = createDatabase(url, { poolSize });
  const fresh = createFreshStation(database, members);
  return {
    eligibility: fresh.eligibility,
    pool: database.pool,
    [Symbol.asyncDispose]: async () => {
      fresh.stop();
      await database.stop();
    },
  };
}

const contender = (name: string, ask: () => Promise<unknown>, atATime: number): Contender => ({
  name,
  run: (seconds) => repeat(ask, atATime, seconds),
});

export const inProcessBench: BenchWithGoals = {
  name: `station, in process: one donor, 32 in flight, ${facts('large')}, ${many} members`,
  goals: [{ contender: 'eligibility', measure: 'perSecond', ratio: 0.6 }],
  async run(): Promise<readonly Measured[]> {
    await using databases = await openBenchDatabases();
    await using ours = openStation(databases.urls.large, many);
    const any = () => anyToken(sizes.large);
    const contenders = [
      contender('bare prepared query', () => queryOne(ours.pool, any()), inFlight),
      contender('eligibility', () => ours.eligibility.check(asker, any(), 'WHOLE_BLOOD', null), inFlight),
    ];
    return await measureInterleaved({ contenders, rounds: 5, seconds: 2 });
  },
};

export const aloneBench: BenchWithGoals = {
  name: `station, in process: one donor, one at a time, ${facts('large')}, ${many} members`,
  goals: [{ contender: 'eligibility', measure: 'perSecond', ratio: 0.6 }],
  async run(): Promise<readonly Measured[]> {
    await using databases = await openBenchDatabases();
    await using ours = openStation(databases.urls.large, many);
    const any = () => anyToken(sizes.large);
    const contenders = [
      contender('bare prepared query', () => queryOne(ours.pool, any()), 1),
      contender('eligibility', () => ours.eligibility.check(asker, any(), 'WHOLE_BLOOD', null), 1),
    ];
    return await measureInterleaved({ contenders, rounds: 5, seconds: 1 });
  },
};

export const batchBench: BenchWithGoals = {
  name: `station, in process: a batch of 1,000 donors, 2 in flight, ${facts('large')}, ${many} members`,
  goals: [{ contender: 'eligibilityBatch', measure: 'perSecond', ratio: 0.5 }],
  async run(): Promise<readonly Measured[]> {
    await using databases = await openBenchDatabases();
    await using ours = openStation(databases.urls.large, many);
    const any = () => Array.from({ length: largestBatch }, () => anyToken(sizes.large));
    const contenders = [
      contender('one = ANY query', () => queryMany(ours.pool, any()), 2),
      contender('eligibilityBatch', () => ours.eligibility.checkMany(asker, any(), 'WHOLE_BLOOD', null), 2),
    ];
    return await measureInterleaved({ contenders, rounds: 5, seconds: 2 });
  },
};

/** Flat within 1.2: whatever the size of the copy and the number of members, at least so much of the rate. */
const flat = 0.83;

export const flatBench: BenchWithGoals = {
  name: 'station, in process: the same check as the copy and the federation grow, 32 in flight',
  goals: (
    [
      ['large', few],
      ['small', many],
      ['large', many],
    ] as const
  ).map(([size, members]) => ({
    contender: `${facts(size)}, ${members} members`,
    measure: 'perSecond' as const,
    ratio: flat,
  })),
  async run(): Promise<readonly Measured[]> {
    await using databases = await openBenchDatabases();
    await using stack = new AsyncDisposableStack();
    const open = (size: Size, members: number): Contender => {
      const { eligibility } = stack.use(openStation(databases.urls[size], members));
      const ask = () => eligibility.check(asker, anyToken(sizes[size]), 'WHOLE_BLOOD', null);
      return contender(`${facts(size)}, ${members} members`, ask, inFlight);
    };
    const contenders = [open('small', few), open('large', few), open('small', many), open('large', many)];
    return await measureInterleaved({ contenders, rounds: 5, seconds: 2 });
  },
};

const query = `query ($token: DonorToken!) {
  eligibility(donor: { token: $token }, procedure: WHOLE_BLOOD) {
    ... on Decision { verdict eligibleFrom grounds { code rule until } coverage { complete } }
    ... on Refused { code message }
  }
}`;

function overHttp(name: string, server: ChildServer): Contender {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = () => JSON.stringify({ query, variables: { token: anyToken(sizes.large) } });
  return {
    name,
    run: (seconds) =>
      httpLoad({ url: server.url, method: 'POST', headers, body, inFlight, cpuMs: () => server.cpuMs() }, seconds),
  };
}

export const httpBench: BenchWithGoals = {
  name: `station, over HTTP: one donor, 32 in flight, ${facts('large')}`,
  goals: [few, many].map((members) => ({
    contender: `station, ${members} members`,
    measure: 'perSecond' as const,
    ratio: 0.6,
  })),
  async run(): Promise<readonly Measured[]> {
    await using databases = await openBenchDatabases();
    const module = new URL('station/servers.ts', import.meta.url);
    const { large } = databases.urls;
    const floor = await forkServer(module, 'floor', large);
    const small = await forkServer(module, 'station', large, String(few));
    const big = await forkServer(module, 'station', large, String(many));
    try {
      const contenders = [
        overHttp('node:http and the query', floor),
        overHttp(`station, ${few} members`, small),
        overHttp(`station, ${many} members`, big),
      ];
      return await measureInterleaved({ contenders, rounds: 5, seconds: 2 });
    } finally {
      await Promise.all([floor, small, big].map((server) => server.stop()));
    }
  },
};
