/** Three stations, a gateway, PostgreSQL and a Kafka broker, each a process that can be ended and begun again. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';

import { startKafka } from '#scripts/kafka.ts';
import type { Kafka } from '#scripts/kafka.ts';
import { unlimited } from '#scripts/bench/unlimited.ts';
import { Policy } from '#schema/directory.ts';
import type { Directory, Member } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';
import { authoritiesFile, directoryOf, gatewayEnvironment, signedText } from '#test/support/directory.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { issuerEnvironment } from '#test/support/sign-in.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';
import { memberOf, testKey } from '#test/support/station.ts';

import { createServiceProcess } from './service-process.ts';
import type { ServiceProcess } from './service-process.ts';

export interface ChaosStation {
  readonly code: StationCode;
  readonly member: Member;
  readonly process: ServiceProcess;
  readonly pool: pg.Pool;
}

/** The broker, whichever process it is at the moment. */
export interface ChaosBroker {
  readonly brokers: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  pause(): void;
  resume(): void;
}

export interface ChaosFederation extends AsyncDisposable {
  readonly stations: readonly ChaosStation[];
  readonly broker: ChaosBroker;
  readonly directory: Directory;
  readonly topicPrefix: string;
  /** Where the processes write what they log. */
  readonly folder: string;
}

const codes = ['310198B01', '320198B01', '330798P01'];

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function startBroker(dataDir: string): Promise<ChaosBroker & { stop(): Promise<void> }> {
  let kafka: Kafka = await startKafka({ dataDir });
  const { port, brokers } = kafka;
  return {
    brokers,
    kill: () => kafka.kill(),
    async start() {
      kafka = await startKafka({ dataDir, port });
    },
    pause() {
      kafka.pause();
    },
    resume() {
      kafka.resume();
    },
    stop: () => kafka.stop(),
  };
}

export async function startFederation(): Promise<ChaosFederation> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-chaos-'));
  const broker = await startBroker(path.join(folder, 'kafka'));
  const topicPrefix = `chaos-${randomBytes(4).toString('hex')}`;
  const ports = new Map<string, number>();
  for (const name of ['gateway', ...codes]) ports.set(name, await findFreePort());
  const portOf = (name: string): number => ports.get(name) ?? 0;

  const members = codes.map((code) => memberOf(code, { endpoint: `http://127.0.0.1:${portOf(code)}` }));
  const policy = Policy.parse({ logPartitions: 4, heartbeatMs: 500, freshMs: 5_000 });
  const directory = directoryOf(members, { policy });
  const directoryFile = path.join(folder, 'directory.json');
  await writeFile(directoryFile, await signedText(directory));

  const gateway = createServiceProcess({
    main: 'gateway/main.ts',
    port: portOf('gateway'),
    environment: {
      ...gatewayEnvironment,
      ...unlimited,
      LOOKOUT_DIRECTORY: directoryFile,
      LOOKOUT_AUTHORITIES: authoritiesFile,
    },
    logFile: path.join(folder, 'gateway.log'),
  });

  const people = await issuerEnvironment();
  const databases: TestDatabase[] = [];
  const stations: ChaosStation[] = [];
  for (const member of members) {
    const database = await createTestDatabase();
    databases.push(database);
    const { code } = member;
    const environment = {
      ...people,
      LOOKOUT_STATION: code,
      LOOKOUT_DIRECTORY: directoryFile,
      LOOKOUT_AUTHORITIES: authoritiesFile,
      LOOKOUT_GATEWAY_URL: gateway.url,
      LOOKOUT_TOKEN_KEY: testKey,
      LOOKOUT_SIGNING_KEY: JSON.stringify(testSigningKey(code)),
      KAFKA_BROKERS: broker.brokers,
      KAFKA_TOPIC_PREFIX: topicPrefix,
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '4',
      ...unlimited,
    };
    const logFile = path.join(folder, `${code}.log`);
    const process = createServiceProcess({ main: 'node-service/main.ts', port: portOf(code), environment, logFile });
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    pool.on('error', () => undefined);
    stations.push({ code, member, process, pool });
  }
  await Promise.all([gateway, ...stations.map((station) => station.process)].map((process) => process.start()));

  return {
    stations,
    broker,
    directory,
    topicPrefix,
    folder,
    async [Symbol.asyncDispose]() {
      for (const station of stations) {
        await station.process.kill();
        await station.pool.end();
      }
      await gateway.kill();
      await broker.stop();
      for (const database of databases) await database[Symbol.asyncDispose]();
      if (process.env['CHAOS_KEEP'] === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
