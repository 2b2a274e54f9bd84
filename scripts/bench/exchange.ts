/**
 * What trust costs: one question of a station to another through the gateway, signed three times, checked four times and
 * written down at both ends, against the same question unsigned and unrecorded and, in the same turn, its bare signatures.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';

import { createGatewayExchange } from '#node/adapters/gateway-exchange.ts';
import { createGatewayFederation } from '#node/adapters/gateway-federation.ts';
import { createPostgresAudit } from '#node/adapters/postgres-audit.ts';
import { createDatabase } from '#node/db/client.ts';
import { migrate } from '#node/db/migrate.ts';
import type { FederationPort } from '#node/ports.ts';
import { DonorToken } from '#schema/ids.ts';
import { startPostgres } from '#scripts/postgres.ts';
import { createExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import { createMemberSigner, createMemberVerifier } from '#server/keys/member-keys.ts';

import { asker } from './asker.ts';
import { measureInterleaved } from './bench.ts';
import type { Contender } from './bench.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import { writeBenchDirectory } from './directory.ts';
import { answering, asking, directoryIn, entriesOf, gatewayCode, keyOf } from './exchange/federation.ts';
import { createSignatures } from './exchange/signatures.ts';
import { createUnsignedExchange } from './exchange/unsigned.ts';
import type { BenchWithGoals } from './goal.ts';

const inFlight = 16;
const token = DonorToken.parse('A'.repeat(43));
const module = (name: string) => new URL(`exchange/${name}.ts`, import.meta.url);

const ownCpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** So many at a time; the CPU time is that of the asking station, of the gateway and of the answering one. */
const contender = (name: string, servers: readonly ChildServer[], errand: () => Promise<unknown>): Contender => ({
  name,
  async run(seconds) {
    const cpuMs = async () => {
      const others = await Promise.all(servers.map((server) => server.cpuMs()));
      return others.reduce((sum, one) => sum + one, ownCpuMs());
    };
    const before = await cpuMs();
    const began = performance.now();
    let operations = 0;
    const worker = async (): Promise<void> => {
      while (performance.now() - began < seconds * 1000) {
        await errand();
        operations += 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    const elapsed = (performance.now() - began) / 1000;
    return { operations, seconds: elapsed, cpuMs: (await cpuMs()) - before };
  },
});

/** A question of its own each time. Ends the bench when the other station was not heard: something else would be measured. */
async function askAndHear(federation: FederationPort): Promise<void> {
  const [answer] = await federation.heldElsewhereOf(asker, [token], [answering]);
  const heard = answer?.coverage[0];
  if (heard?.state !== 'LIVE') throw new Error(`not heard: ${heard?.fault ?? 'nothing'}`);
}

async function openSigned(folder: string, gateway: URL, databaseUrl: string) {
  const database = createDatabase(databaseUrl, { poolSize: 8 });
  const { pool } = database;
  const directory = await directoryIn(folder);
  const verifier = createMemberVerifier({ directory });
  const exchange = createGatewayExchange({
    ...{ gatewayUrl: gateway.href, gateway: gatewayCode, station: asking, directory, deadlineMs: 60_000 },
    signer: createMemberSigner(await keyOf(folder, asking)),
    verifier: createExchangeVerifier({ directory, verifier, now: () => Date.now() }),
    audit: createPostgresAudit({
      pool,
      member: asking,
      clock: { now: () => new Date() },
      log: pino({ level: 'warn' }),
    }),
  });
  return {
    federation: createGatewayFederation({ exchange }),
    stop: async () => {
      await exchange.stop();
      await database.stop();
    },
  };
}

async function startDatabases(folder: string) {
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), ephemeral: true });
  for (const name of ['asking', 'answering']) {
    await postgres.createDatabase(name);
    await migrate(postgres.url(name));
  }
  return postgres;
}

export const exchange: BenchWithGoals = {
  name: 'one question and answer between two stations',
  goals: [{ contender: 'signed, verified, recorded', measure: 'perSecond', ratio: 0.67 }],
  async run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'lookout-bench-'));
    const postgres = await startDatabases(folder);
    for (const code of [asking, answering, gatewayCode]) await keyOf(folder, code);
    const stationAs = (mode: string) => forkServer(module('station'), mode, folder, postgres.url('answering'));
    const stations = { plain: await stationAs('unsigned'), signed: await stationAs('signed') };
    await writeBenchDirectory(folder, await entriesOf(folder, stations.signed.url));
    const gateways = {
      plain: await forkServer(module('gateway'), 'unsigned', folder, stations.plain.url.href),
      signed: await forkServer(module('gateway'), 'signed', folder),
    };
    const plain = createGatewayFederation({ exchange: createUnsignedExchange(gateways.plain.url) });
    const { federation, stop } = await openSigned(folder, gateways.signed.url, postgres.url('asking'));
    const signatures = await createSignatures();
    const contenders = [
      contender('unsigned, and its bare signatures', [stations.plain, gateways.plain], async () => {
        await askAndHear(plain);
        await signatures();
      }),
      contender('signed, verified, recorded', [stations.signed, gateways.signed], () => askAndHear(federation)),
      contender('unsigned', [stations.plain, gateways.plain], () => askAndHear(plain)),
      contender('the bare signatures', [], signatures),
    ];
    try {
      for (const one of contenders) await one.run(3);
      return await measureInterleaved({ contenders, rounds: 5, seconds: 2 });
    } finally {
      await stop();
      await Promise.all([...Object.values(stations), ...Object.values(gateways)].map((server) => server.stop()));
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
