/**
 * What a permit costs: `requestPermit` at a station, from the question over HTTP to the answer, against a bare record on its
 * way to the same broker and back. One at a time, since it is the waiting of one donor that counts.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { Pool } from 'undici';
import { z } from 'zod';

import { createNodeService } from '#node/app.ts';
import { parseNodeConfig } from '#node/config.ts';
import type { Member } from '#schema/directory.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { startKafka } from '#scripts/kafka.ts';
import { startPostgres } from '#scripts/postgres.ts';
import { ensureSigningKey } from '#scripts/start/signing-key.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender, Measured } from './bench.ts';
import { writeBenchDirectory } from './directory.ts';
import type { BenchWithGoals } from './goal.ts';
import { openRoundTrip } from './permit/round-trip.ts';
import { startProvider } from './sign-in.ts';
import { unlimited } from './unlimited.ts';

const code = StationCode.parse('310198B01');

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

/** A station that is alone in its federation, so that nobody else's freshness is part of what is measured. */
async function startStation(folder: string, env: Readonly<Record<string, string>>) {
  const keyFile = path.join(folder, 'key.jwk');
  const key = await ensureSigningKey(keyFile);
  const member: Member = {
    code,
    kind: 'BLOOD',
    province: ProvinceCode.parse('31'),
    nameZh: '站',
    nameEn: 'Station',
    endpoint: 'http://127.0.0.1:9',
    status: 'ACTIVE',
    suspensions: [],
    keys: [key],
  };
  const config = parseNodeConfig({
    LOOKOUT_STATION: code,
    LOOKOUT_PORT: '0',
    ...(await writeBenchDirectory(folder, { members: [member] })),
    LOOKOUT_GATEWAY_URL: 'http://127.0.0.1:9',
    LOOKOUT_TOKEN_KEY: '00'.repeat(32),
    LOOKOUT_SIGNING_KEY_FILE: keyFile,
    ...env,
  });
  const service = await createNodeService(config, pino({ level: 'error' }));
  return { url: await service.start(), stop: () => service.stop() };
}

async function run(): Promise<readonly Measured[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-bench-permit-'));
  await using postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), ephemeral: true });
  await using kafka = await startKafka({ dataDir: path.join(folder, 'kafka'), ephemeral: true });
  const roundTrip = await openRoundTrip(kafka.brokers);
  const provider = await startProvider([code]);
  const station = await startStation(folder, {
    ...provider.environment,
    KAFKA_BROKERS: kafka.brokers,
    DATABASE_URL: postgres.url('postgres'),
    ...unlimited,
  });
  const signedIn = await provider.signIn(code, { role: 'DESK', purpose: 'DONATION' });
  const http = new Pool(station.url.origin);
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
      oneByOne('bare produce and consume', () => roundTrip.send()),
      oneByOne('requestPermit over HTTP', async () => {
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
    await roundTrip.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

export const permit: BenchWithGoals = {
  name: 'a permit over Kafka, one at a time',
  run,
  // At most twice the round trip.
  goals: [{ contender: 'requestPermit over HTTP', measure: 'perSecond', ratio: 0.5 }],
};
