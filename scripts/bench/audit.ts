/**
 * What the record costs a local check: the same server, the same check, once with its entry durable before the answer leaves
 * and once without, on a database that syncs every commit to disk.
 */
import { measureInterleaved } from './bench.ts';
import type { Contender, Measured } from './bench.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import type { BenchWithGoals } from './goal.ts';
import { httpLoad } from './http-load.ts';
import { anyToken, openSyncedDatabase, sizes } from './station/data.ts';

const query = `query ($token: DonorToken!) {
  eligibility(donor: { token: $token }, procedure: WHOLE_BLOOD) {
    ... on Decision { verdict eligibleFrom grounds { code rule until } coverage { complete } }
    ... on Refused { code message }
  }
}`;

const headers = { 'content-type': 'application/json', accept: 'application/json' };
const body = () => JSON.stringify({ query, variables: { token: anyToken(sizes.small) } });

const contender = (name: string, server: ChildServer, inFlight: number): Contender => ({
  name,
  run: (seconds) =>
    httpLoad({ url: server.url, method: 'POST', headers, body, inFlight, cpuMs: () => server.cpuMs() }, seconds),
});

async function measure(inFlight: number): Promise<readonly Measured[]> {
  await using database = await openSyncedDatabase();
  const module = new URL('station/servers.ts', import.meta.url);
  const bare = await forkServer(module, 'station', database.url);
  const recorded = await forkServer(module, 'recorded', database.url);
  try {
    const contenders = [
      contender('a local check', bare, inFlight),
      contender('the same, recorded', recorded, inFlight),
    ];
    return await measureInterleaved({ contenders, rounds: 5, seconds: 3 });
  } finally {
    await Promise.all([bare.stop(), recorded.stop()]);
  }
}

/** At most 1.3 times the time. */
const goal = { contender: 'the same, recorded', measure: 'perSecond', ratio: 0.77 } as const;

export const auditBench: BenchWithGoals = {
  name: 'record, over HTTP: one donor, 32 in flight',
  goals: [goal],
  run: () => measure(32),
};

/** Nobody to share a commit with: every check waits for the disk by itself. Measured to be known, without a goal. */
export const auditAloneBench: BenchWithGoals = {
  name: 'record, over HTTP: one donor, one at a time',
  run: () => measure(1),
};
