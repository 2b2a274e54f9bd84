/** The federation of one state folder as a whole: database, stations and gateway brought up in order, and ended in the reverse. */
import { rmSync } from 'node:fs';
import path from 'node:path';

import { Problem } from '#scripts/lookout/problem.ts';
import { createSignIn } from '#scripts/lookout/sign-in.ts';
import type { Progress } from '#scripts/lookout/terminal.ts';

import { becomeAcquainted } from './acquainted.ts';
import { compiledServices, warmUp } from './compiled.ts';
import type { SigningKey } from '#schema/directory.ts';
import { startDatabase } from './database.ts';
import type { Database } from './database.ts';
import { gatewayCode, host, providerPortOf, regulatorCode, urlOf, writeDirectory } from './directory.ts';
import type { Placed } from './directory.ts';
import type { RunningFederation } from './federation-file.ts';
import { findPending, importFirst } from './first-import.ts';
import { openEmbeddedLog, startKafkaLog } from './donor-log.ts';
import type { DonorLog } from './donor-log.ts';
import { isHealthy } from './health.ts';
import { writeJson } from './json-file.ts';
import { refuseTaken } from './ports.ts';
import { identityOf } from './process-identity.ts';
import { createService } from './service.ts';
import type { Service } from './service.ts';
import type { Layout } from './layout.ts';
import type { State } from './state-folder.ts';
import { ensureSigningKey } from './signing-key.ts';
import { ensureSecretKey } from './secret-key.ts';
import { prepareSignIn } from './sign-in.ts';
import type { SignIn } from './sign-in.ts';
import { until } from './until.ts';

const root = path.resolve(import.meta.dirname, '../..');
const patienceMs = 120_000;

export interface FederationOptions {
  readonly state: State;
  readonly stations: readonly Placed[];
  readonly gatewayPort: number;
  /** Whether the donor log is kept by a Kafka broker. */
  readonly kafka: boolean;
  readonly progress: Progress;
}

export interface Federation {
  /** Returns once the gateway says that everything is ready. */
  start(signal: AbortSignal): Promise<void>;
  /** Stations and gateway first, the database after them. */
  stop(): Promise<void>;
  /** Everything at once; the database ends by itself when we do. */
  kill(): void;
}

export function createFederation({ state, stations, gatewayPort, kafka, progress }: FederationOptions): Federation {
  const { layout } = state;
  const gatewayUrl = urlOf(gatewayPort);
  const providerPort = providerPortOf(stations, gatewayPort);
  const startedAt = new Date().toISOString();
  const services = new Map<string, Service>();
  let database: Promise<Database> | undefined;
  let donorLog: Promise<DonorLog> | undefined;
  let isUp = false;

  const say = (text: string) => {
    progress.say(text);
  };
  const pidOf = (name: string) => services.get(name)?.pid() ?? null;

  const publish = async () => {
    if (!isUp || database === undefined) return;
    const running: RunningFederation = {
      starter: identityOf(process.pid),
      startedAt,
      gateway: { url: gatewayUrl, pid: pidOf('gateway') },
      stations: stations.map(({ code, port }) => ({ code, url: urlOf(port), pid: pidOf(code) })),
      provider: services.has('provider') ? { url: urlOf(providerPort), pid: pidOf('provider') } : null,
      postgres: { port: (await database).port },
    };
    await writeJson(layout.federation, running);
  };

  const launch = async (
    name: string,
    own: { entry: string; port: number; env: Record<string, string> },
    signal: AbortSignal,
  ) => {
    const service = createService({
      name,
      entry: path.join(root, own.entry),
      env: { ...commonEnvironment(layout, name), ...own.env, LOOKOUT_PORT: String(own.port) },
      url: urlOf(own.port),
      log: layout.logOf(name),
      say,
      onLaunch: () => void publish().catch(() => undefined),
    });
    services.set(name, service);
    await service.start(signal);
  };

  const launchStation = async ({ code, port }: Placed, { server, log, signIn }: Needed, signal: AbortSignal) => {
    const env = {
      ...log.env,
      ...signIn.environmentOf(code),
      LOOKOUT_SIGNING_KEY_FILE: layout.signingKeyOf(code),
      LOOKOUT_STATION: code,
      LOOKOUT_TOKEN_KEY_FILE: layout.tokenKey,
      LOOKOUT_GATEWAY_URL: gatewayUrl,
      LOOKOUT_AWAIT_IMPORT: layout.importedOf(code),
      DATABASE_URL: await server.prepare(code),
      DATABASE_POOL_SIZE: String(poolSizeFor(stations.length)),
    };
    signal.throwIfAborted();
    await launch(code, { entry: 'node-service/main.ts', port, env }, signal);
  };

  const launchProvider = async ({ provider: env }: SignIn, signal: AbortSignal) => {
    if (env !== undefined)
      await launch('provider', { entry: 'scripts/issuer/main.ts', port: providerPort, env }, signal);
  };

  const ensureSigningKeys = async () => {
    const codes = [gatewayCode, regulatorCode, ...stations.map(({ code }) => code)];
    const keyOf = async (code: (typeof codes)[number]) =>
      [code, await ensureSigningKey(layout.signingKeyOf(code))] as const;
    return new Map<string, SigningKey>(await Promise.all(codes.map(keyOf)));
  };

  const start = async (signal: AbortSignal) => {
    await refuseTaken([
      { port: gatewayPort, by: 'the gateway' },
      ...stations.map(({ port, code }) => ({ port, by: `station ${code}` })),
      { port: providerPort, by: 'the provider people sign in at' },
    ]);
    await ensureSecretKey(layout.tokenKey, 'token key');
    const codes = stations.map(({ code }) => code);
    const signIn = await prepareSignIn({
      ...{ layout, gateway: gatewayCode, gatewayPort },
      ...{ stations: codes, providerPort },
    });
    await writeDirectory(layout, { stations, gatewayPort, keyOf: await ensureSigningKeys() });
    progress.update(kafka ? 'Starting PostgreSQL and Kafka' : 'Starting PostgreSQL');
    database = startDatabase(layout, say);
    donorLog = kafka ? startKafkaLog(layout, say) : database.then(openEmbeddedLog);
    for (const begun of [database, donorLog]) begun.catch(() => undefined); // seen below
    await warmUp();
    signal.throwIfAborted();
    const gateway = launch(
      'gateway',
      {
        entry: 'gateway/main.ts',
        port: gatewayPort,
        env: { ...signIn.environmentOf(gatewayCode), LOOKOUT_SIGNING_KEY_FILE: layout.signingKeyOf(gatewayCode) },
      },
      signal,
    );
    gateway.catch(() => undefined); // seen below
    const provider = launchProvider(signIn, signal);
    provider.catch(() => undefined); // seen below
    const [server, log] = await Promise.all([database, donorLog]);
    signal.throwIfAborted();
    let live = 0;
    const up = stations.map(async (station) => {
      await launchStation(station, { server, log, signIn }, signal);
      live += 1;
      progress.update(`Starting stations: ${live} of ${stations.length}`);
    });
    await Promise.all([gateway, provider, ...up]);
    isUp = true;
    // Before the first import is done, and so before anybody is told that the federation is ready.
    await publish();
    const all = stations.map(({ code, port }) => ({ code, url: urlOf(port) }));
    const signingIn = createSignIn({ layout, provider: signIn.provider === undefined ? null : urlOf(providerPort) });
    const pending = await findPending(layout, all);
    await importFirst({ layout, data: state.data, signIn: signingIn, stations: pending, progress, signal });
    progress.update('Waiting for the gateway to see every station');
    const ready = async () => ((await isHealthy(gatewayUrl, '/readyz')) ? true : undefined);
    const inTime = await until(ready, { everyMs: 100, deadlineMs: patienceMs, signal });
    if (inTime === undefined)
      throw new Problem(`The gateway at ${gatewayUrl} does not get ready (see ${layout.logs})`, 'failed');
    await becomeAcquainted(all, { signIn: signingIn, progress, patienceMs, signal });
  };

  const stop = async () => {
    isUp = false;
    rmSync(layout.federation, { force: true });
    await Promise.all([...services.values()].map((service) => service.stop()));
    const log = await donorLog?.catch(() => undefined);
    await log?.stop();
    const server = await database?.catch(() => undefined);
    await server?.stop();
  };

  const kill = () => {
    rmSync(layout.federation, { force: true });
    for (const service of services.values()) service.kill();
  };

  return { start, stop, kill };
}

/** What a station needs before it starts. */
interface Needed {
  readonly server: Database;
  readonly log: DonorLog;
  readonly signIn: SignIn;
}

/** PostgreSQL takes 200 connections, and each station has two more that apply the donor log. */
function poolSizeFor(stations: number): number {
  return Math.max(1, Math.min(8, Math.floor(180 / stations) - 2));
}

function commonEnvironment(layout: Layout, name: string): Record<string, string> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(inherited),
    LOOKOUT_HOST: host,
    LOOKOUT_DIRECTORY: layout.directoryOf(name),
    LOOKOUT_AUTHORITIES: layout.authorities,
    // A laptop is where things are tried out, so GraphiQL is on unless it is said otherwise.
    NODE_ENV: process.env['NODE_ENV'] === 'production' ? 'production' : 'development',
    // Ten processes load the same modules.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? compiledServices,
  };
}
