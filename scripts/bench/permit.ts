/**
 * What a permit costs: `requestPermit` at a station, from the question over HTTP to the answer, against a bare record on its
 * way to the same broker and back; and against the same between two bare commits, which is what nobody can do without who
 * must not lose the claim before it is told, nor answer without an entry in the record. The database syncs every commit to
 * disk. One at a time, since it is the waiting of one donor that counts.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Pool } from 'undici';
import { z } from 'zod';

import { startKafka } from '#scripts/kafka.ts';
import { startPostgres } from '#scripts/postgres.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender, Measured } from './bench.ts';
import type { BenchWithGoals } from './goal.ts';
import { openCommits } from './permit/commit.ts';
import { createLoneStation, loneStation } from './permit/lone-station.ts';
import { openRoundTrip } from './permit/round-trip.ts';
import { startProvider } from './sign-in.ts';
import { unlimited } from './unlimited.ts';

const bare = 'bare produce and consume';
const durable = 'the same between two commits';
const asked = 'requestPermit over HTTP';

const Answer = z.object({ data: z.object({ requestPermit: z.object({ __typename: z.literal('Permit') }) }) });

const question = `mutation Ask($donor: DonorToken!) {
  requestPermit(donor: { token: $donor }, procedure: WHOLE_BLOOD) { __typename }
}`;

const warmUpSeconds = 5;

/** Runs an errand again and again, one at a time. */
const oneByOne = (name: string, errand: () => Promise<void>): Contender => ({
  name,
  async run(seconds) {
    const began = performance.now();
    const before = process.cpuUsage();
    const waits: number[] = [];
    let last = began;
    while (last - began < seconds * 1000) {
      await errand();
      const now = performance.now();
      waits.push(now - last);
      last = now;
    }
    const { user, system } = process.cpuUsage(before);
    return { operations: waits.length, seconds: (last - began) / 1000, cpuMs: (user + system) / 1000, waits };
  },
});

async function measureAll(): Promise<readonly Measured[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-permit-'));
  await using postgres = await startPostgres({ dataDir: path.join(folder, 'postgres') });
  await using kafka = await startKafka({ dataDir: path.join(folder, 'kafka'), ephemeral: true });
  await postgres.createDatabase('bare');
  const [roundTrip, commits] = [await openRoundTrip(kafka.brokers), await openCommits(postgres.url('bare'))];
  const provider = await startProvider([loneStation]);
  const station = await createLoneStation(folder, {
    ...provider.environment,
    KAFKA_BROKERS: kafka.brokers,
    DATABASE_URL: postgres.url('postgres'),
    ...unlimited,
  });
  const http = new Pool((await station.start()).origin);
  const signedIn = await provider.signIn(loneStation, { role: 'DESK', purpose: 'DONATION' });
  const requestPermit = async (): Promise<boolean> => {
    const donor = randomBytes(32).toString('base64url');
    const body = JSON.stringify({ query: question, variables: { donor } });
    const headers = { ...signedIn, 'content-type': 'application/json', accept: 'application/json' };
    const answer = await http.request({ method: 'POST', path: '/graphql', headers, body });
    return Answer.safeParse(await answer.body.json()).success;
  };
  try {
    const giveUpAt = performance.now() + 60_000;
    while (!(await requestPermit())) if (performance.now() > giveUpAt) throw new Error('the station gives no permit');
    const contenders = [
      oneByOne(bare, () => roundTrip.send()),
      oneByOne(durable, async () => {
        await commits.commit();
        await roundTrip.send();
        await commits.commit();
      }),
      oneByOne(asked, async () => {
        if (!(await requestPermit())) throw new Error('a permit was not given');
      }),
    ];
    // A permit goes through far more code than the bare record, and is slow until that is compiled.
    for (const contender of contenders) await contender.run(warmUpSeconds);
    // Short turns, so that what else the machine does meets both.
    return await measureInterleaved({ contenders, rounds: 20, seconds: 1 });
  } finally {
    await http.close();
    await station.stop();
    await provider.stop();
    await Promise.all([roundTrip.stop(), commits.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

let measuring: Promise<readonly Measured[]> | undefined;

/** One measurement serves both: a permit is compared with either floor. */
async function against(floor: string): Promise<readonly Measured[]> {
  const measured = await (measuring ??= measureAll());
  return [floor, asked].flatMap((name) => measured.filter((one) => one.name === name));
}

// At most twice the round trip.
const goals: BenchWithGoals['goals'] = [{ contender: asked, measure: 'perSecond', ratio: 0.5 }];

export const permit: BenchWithGoals = {
  name: 'a permit over Kafka, one at a time',
  run: () => against(bare),
  goals,
};

export const durablePermit: BenchWithGoals = {
  name: 'a permit over Kafka, against what has to be durable',
  run: () => against(durable),
  goals,
};
