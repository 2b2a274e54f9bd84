/**
 * What the gateway's `donor(token)` costs against a bare server that asks the same stations and concatenates, at seven
 * stations and at a hundred. The gateway answers the whole question of a station: all facts, and the coverage.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { request } from 'undici';
import { z } from 'zod';

import type { Member } from '#schema/directory.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender } from './bench.ts';
import { writeBenchDirectory } from './directory.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import type { BenchWithGoals } from './goal.ts';
import { httpLoad } from './http-load.ts';

const IN_FLIGHT = 16;
const headers = { 'content-type': 'application/json' };
const body = JSON.stringify({
  query: `query Donor($token: DonorToken!) {
    donor(token: $token) {
      token
      donations { station procedure collectedOn volumeMl outcome }
      bars { station since until }
      registrations { station since until }
      coverage { complete stations { station state fault asOf } }
    }
  }`,
  variables: { token: 'qZ1v0mJ8w3T2yXkL5nB7cD9eF4gH6iA0sRtUvWxYz12' },
});

const Answer = z.object({
  data: z.object({
    donor: z.object({
      donations: z.array(z.unknown()),
      bars: z.array(z.unknown()),
      coverage: z.object({ complete: z.literal(true) }).optional(),
    }),
  }),
});

const urlOf = (server: ChildServer) => new URL('/graphql', server.url);

/** Ends the bench when an answer is not the whole: something else would be measured. */
async function assertWhole(server: ChildServer, stations: number): Promise<void> {
  const response = await request(urlOf(server), { method: 'POST', headers, body });
  const { donor } = Answer.parse(await response.body.json()).data;
  if (donor.donations.length !== 4 * stations || donor.bars.length !== stations) throw new Error('facts are missing');
}

const contender = (name: string, server: ChildServer): Contender => ({
  name,
  run: (seconds) =>
    httpLoad(
      { url: urlOf(server), method: 'POST', headers, body, inFlight: IN_FLIGHT, cpuMs: () => server.cpuMs() },
      seconds,
    ),
});

async function writeDirectory(folder: string, stations: ChildServer): Promise<void> {
  const endpoints = z.array(z.url()).parse(await (await request(stations.url)).body.json());
  const members = endpoints.map((endpoint, at): Member => ({
    code: StationCode.parse(`${310_100 + at}B01`),
    kind: 'BLOOD',
    province: ProvinceCode.parse('31'),
    nameZh: '示例血站',
    nameEn: 'Example Blood Station',
    endpoint,
    status: 'ACTIVE',
    suspensions: [],
    keys: [],
  }));
  await writeFile(path.join(folder, 'members.json'), JSON.stringify(members));
  await writeBenchDirectory(folder, { members });
}

const module = (name: string) => new URL(`gateway/${name}.ts`, import.meta.url);

const benchOver = (count: number): BenchWithGoals => ({
  name: `gateway, donor(token) over ${count} stations`,
  goals: [{ contender: 'gateway', measure: 'cpuMs', ratio: 1.5 }],
  async run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'lookout-bench-'));
    const stations = await forkServer(module('stations'), String(count));
    await writeDirectory(folder, stations);
    const servers = [
      { name: 'bare server, undici.request', server: await forkServer(module('floor'), folder, 'request') },
      { name: 'bare server, a Pool a station', server: await forkServer(module('floor'), folder, 'pools') },
      { name: 'gateway', server: await forkServer(module('gateway'), folder) },
    ];
    try {
      const contenders = servers.map(({ name, server }) => contender(name, server));
      for (const { server } of servers) await assertWhole(server, count);
      // Compilers need a while: first turns are not measured.
      for (const one of contenders) await one.run(3);
      const measured = await measureInterleaved({ contenders, rounds: 7, seconds: 1.5 });
      for (const { server } of servers) await assertWhole(server, count);
      return measured;
    } finally {
      await Promise.all([stations, ...servers.map(({ server }) => server)].map((server) => server.stop()));
      await rm(folder, { recursive: true });
    }
  },
});

export const gatewayOverSeven = benchOver(7);
export const gatewayOverHundred = benchOver(100);
