/**
 * What the gateway's `exchange` costs against a bare server that asks the same stations and hands on what they say, with the
 * bare signatures of it, at seven stations and at a hundred.
 */
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { request } from 'undici';
import { z } from 'zod';

import { digestOf } from '#schema/digest.ts';
import type { Member } from '#schema/directory.ts';
import { thumbprintOf } from '#schema/directory.ts';
import { exchangeHeaders, exchangeTypes } from '#schema/exchange.ts';
import { DonorToken, ProvinceCode, StationCode } from '#schema/ids.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { donorsDigest, questionText } from '#schema/questions.ts';
import { ensureSigningKey } from '#scripts/start/signing-key.ts';
import type { SigningJwk } from '#server/keys/signing-jwk.ts';

import { asker } from './asker.ts';
import { measureInterleaved } from './bench.ts';
import type { Contender } from './bench.ts';
import { writeBenchDirectory } from './directory.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import { gatewayCode, keyOf } from './exchange/federation.ts';
import type { BenchWithGoals } from './goal.ts';
import { httpLoad } from './http-load.ts';

const IN_FLIGHT = 16;
/** The station that asks; it is none of those that are asked. */
const asking = StationCode.parse('990198B01');
const tokens = [DonorToken.parse('qZ1v0mJ8w3T2yXkL5nB7cD9eF4gH6iA0sRtUvWxYz10')];
const question = questionText({ name: 'holdings', variables: { tokens } });
const body = JSON.stringify({ query: gatewayOperations.Exchange.document, variables: { question } });

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A request of its own each time, as the gateway lets nobody ask twice under one. */
function requestsBy(jwk: SigningJwk): () => Record<string, string> {
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  const head = part({ alg: 'EdDSA', typ: exchangeTypes.request, kid: thumbprintOf(jwk) });
  const { role, subject: sub, purpose } = asker;
  const about = { donors: donorsDigest(tokens), body: digestOf(question), case: null };
  return () => {
    const iat = Math.floor(Date.now() / 1_000);
    const life = { jti: randomUUID(), iat, exp: iat + 30 };
    const signed = `${head}.${part({ iss: asking, aud: gatewayCode, sub, role, purpose, ...about, ...life })}`;
    const signature = sign(null, Buffer.from(signed), key).toString('base64url');
    return { 'content-type': 'application/json', [exchangeHeaders.request]: `${signed}.${signature}` };
  };
}

const Answer = z.object({
  data: z.object({ exchange: z.array(z.object({ status: z.literal(200), body: z.string().min(500) })) }),
});

const urlOf = (server: ChildServer) => new URL('/graphql', server.url);

/** Ends the bench when an answer is not the whole: something else would be measured. */
async function assertWhole(server: ChildServer, stations: number, headers: Record<string, string>): Promise<void> {
  const response = await request(urlOf(server), { method: 'POST', headers, body });
  const { exchange } = Answer.parse(await response.body.json()).data;
  if (exchange.length !== stations) throw new Error('stations are missing');
}

const contender = (name: string, server: ChildServer, headers: () => Record<string, string>): Contender => ({
  name,
  run: (seconds) =>
    httpLoad(
      { url: urlOf(server), method: 'POST', headers, body, inFlight: IN_FLIGHT, cpuMs: () => server.cpuMs() },
      seconds,
    ),
});

async function writeDirectory(folder: string, stations: ChildServer): Promise<void> {
  const endpoints = z.array(z.url()).parse(await (await request(stations.url)).body.json());
  const memberAt = (code: string, endpoint: string, keys: Member['keys']): Member => ({
    ...{ code: StationCode.parse(code), kind: 'BLOOD', province: ProvinceCode.parse('31') },
    ...{ nameZh: '示例血站', nameEn: 'Example Blood Station', endpoint, status: 'ACTIVE', suspensions: [], keys },
  });
  const members = endpoints.map((endpoint, at) => memberAt(`${310_100 + at}B01`, endpoint, []));
  await writeFile(path.join(folder, 'members.json'), JSON.stringify(members));
  const keysOf = async (code: string) => [await ensureSigningKey(path.join(folder, `${code}.jwk`))];
  const asker = memberAt(asking, 'http://127.0.0.1:9', await keysOf(asking));
  const gateway = { code: gatewayCode, endpoint: 'http://127.0.0.1:9', keys: await keysOf(gatewayCode) };
  await writeBenchDirectory(folder, {
    members: [...members, asker],
    gateways: [{ ...gateway, status: 'ACTIVE', rights: [] }],
  });
}

const module = (name: string) => new URL(`gateway/${name}.ts`, import.meta.url);

const benchOver = (count: number): BenchWithGoals => ({
  name: `gateway, exchange over ${count} stations`,
  goals: [{ contender: 'gateway', measure: 'cpuMs', ratio: 1.5 }],
  async run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'lookout-bench-'));
    const stations = await forkServer(module('stations'), String(count));
    const headers = requestsBy(await keyOf(folder, asking));
    await writeDirectory(folder, stations);
    const servers = [
      { name: 'bare server, undici.request', server: await forkServer(module('floor'), folder, 'request') },
      { name: 'bare server, a Pool a station', server: await forkServer(module('floor'), folder, 'pools') },
      { name: 'gateway', server: await forkServer(module('gateway'), folder) },
    ];
    try {
      const contenders = servers.map(({ name, server }) => contender(name, server, headers));
      for (const { server } of servers) await assertWhole(server, count, headers());
      // Compilers need a while: first turns are not measured.
      for (const one of contenders) await one.run(3);
      const measured = await measureInterleaved({ contenders, rounds: 7, seconds: 1.5 });
      for (const { server } of servers) await assertWhole(server, count, headers());
      return measured;
    } finally {
      await Promise.all([stations, ...servers.map(({ server }) => server)].map((server) => server.stop()));
      await rm(folder, { recursive: true });
    }
  },
});

export const gatewayOverSeven = benchOver(7);
export const gatewayOverHundred = benchOver(100);
