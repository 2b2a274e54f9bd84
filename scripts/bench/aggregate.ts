/**
 * What it costs the gateway to answer a question for figures that nobody has asked before, at 700 stations, against a bare server
 * that asks the same stations and protects the same table.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { request } from 'undici';
import { z } from 'zod';

import { Member } from '#schema/directory.ts';
import { ensureSigningKey } from '#scripts/start/signing-key.ts';

import { codeAt } from './aggregate/region.ts';
import { measureInterleaved } from './bench.ts';
import type { Contender } from './bench.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import { gatewayCode, keyOf } from './exchange/federation.ts';
import type { BenchWithGoals } from './goal.ts';
import { httpLoad } from './http-load.ts';

const COUNT = 700;

const module = (name: string) => new URL(`aggregate/${name}.ts`, import.meta.url);

async function writeKeys(folder: string): Promise<Pick<Member, 'code' | 'keys'>[]> {
  const codes = Array.from({ length: COUNT }, (_, at) => codeAt(at));
  const stations = codes.map(async (code) => {
    const file = path.join(folder, `${code}.jwk`);
    const key = await ensureSigningKey(file);
    return { code: Member.shape.code.parse(code), keys: [key], jwk: await readFile(file, 'utf8') };
  });
  const all = await Promise.all(stations);
  await writeFile(path.join(folder, 'keys.json'), JSON.stringify(all.map(({ code, jwk: key }) => ({ code, key }))));
  return all;
}

async function writeMembers(
  folder: string,
  stations: ChildServer,
  keyed: Pick<Member, 'code' | 'keys'>[],
): Promise<void> {
  const endpoints = z.array(z.url()).parse(await (await request(stations.url)).body.json());
  const members = keyed.map(({ code, keys }, at) => ({
    ...{ code, province: code.slice(0, 2), kind: code.includes('P') ? 'PLASMA' : 'BLOOD' },
    ...{ nameZh: '示例', nameEn: 'Example', endpoint: endpoints[at], status: 'ACTIVE', suspensions: [], keys },
  }));
  await writeFile(path.join(folder, 'members.json'), JSON.stringify(members));
}

const contender = (name: string, server: ChildServer): Contender => ({
  name,
  run: (seconds) => httpLoad({ url: server.url, method: 'GET', inFlight: 1, cpuMs: () => server.cpuMs() }, seconds),
});

export const aggregateBench: BenchWithGoals = {
  name: `figures of ${COUNT} stations, asked for the first time`,
  goals: [{ contender: 'gateway', measure: 'cpuMs', ratio: 1.5 }],
  async run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'lookout-bench-'));
    const keyed = await writeKeys(folder);
    await keyOf(folder, gatewayCode);
    const stations = await forkServer(module('stations'), folder);
    await writeMembers(folder, stations, keyed);
    const floor = await forkServer(module('gatherer'), 'floor', folder);
    const gateway = await forkServer(module('gatherer'), 'gateway', folder);
    try {
      const contenders = [contender('bare fan-out and protection', floor), contender('gateway', gateway)];
      return await measureInterleaved({ contenders, rounds: 5, seconds: 3 });
    } finally {
      await Promise.all([stations, floor, gateway].map((server) => server.stop()));
      await rm(folder, { recursive: true });
    }
  },
};
