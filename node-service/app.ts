/** A station put together: the one place where parts meet. */
import { access } from 'node:fs/promises';

import type { Logger } from 'pino';

import { Fault } from '#schema/errors.ts';
import { stationDocuments } from '#schema/operations.ts';
import { stationCharges } from '#schema/rate-limits.ts';
import { ruleSets } from '#schema/rule-sets.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import type { Directory, Member } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';
import type { DirectoryFile } from '#server/directory/file.ts';
import type { Check } from '#server/http/health.ts';
import { seal } from '#server/keys/sealing.ts';
import { createGraphqlServer } from '#server/server.ts';

import { createExpiringFederation, createExpiringFreshness } from './adapters/expired-directory.ts';
import { createGatewayFederation } from './adapters/gateway-federation.ts';
import { createCountedHoldings, createCountedKnowledge } from './adapters/counted-knowledge.ts';
import { createGatewayMarkers } from './adapters/gateway-markers.ts';
import { createHmacTokens } from './adapters/hmac-tokens.ts';
import { createOwnStanding } from './adapters/own-standing.ts';
import { createPostgresAudit } from './adapters/postgres-audit.ts';
import { createPostgresHoldings } from './adapters/postgres-holdings.ts';
import { createPostgresKnowledge } from './adapters/postgres-knowledge.ts';
import { createPostgresWitness } from './adapters/postgres-witness.ts';
import type { AuditPort } from './audit-port.ts';
import { createBookkeeping } from './bookkeeping.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import type { NodeConfig } from './config.ts';
import { createDatabase } from './db/client.ts';
import type { Database } from './db/client.ts';
import { openStationDirectory, recordVersions } from './directory.ts';
import { suspendedNow } from './domain/suspension.ts';
import { createDonorLog } from './donor-log.ts';
import type { DonorLog } from './donor-log.ts';
import { createExchange } from './exchange.ts';
import type { Context, Parts as Answering } from './graphql/context.ts';
import { createGuessWatch } from './graphql/guesses.ts';
import { stationSchema } from './graphql/schema.ts';
import { createConflicts } from './modules/conflicts/conflicts.ts';
import { createDonations } from './modules/donations/donations.ts';
import { createEligibility } from './modules/eligibility/eligibility.ts';
import { createImportRoute } from './modules/import/import.http.ts';
import { createLookouts } from './modules/lookouts/lookouts.ts';
import { createMarkers } from './modules/marker/marker.ts';
import { createPermits } from './modules/permits/permits.ts';
import { createReceipts } from './modules/receipts/receipts.ts';
import { createRegistrations } from './modules/registrations/registrations.ts';
import { createRelease } from './modules/release/release.ts';
import { createCounts } from './modules/station/counts.ts';
import { createReplication } from './modules/station/replication.ts';
import { createSentEvents } from './modules/station/sent-events.ts';
import type { ClockPort, DirectoryPort, FederationPort, MarkerPort, TokenPort } from './ports.ts';
import { checkOfRecord } from './record-check.ts';
import { createRefusals } from './refusals.ts';
import { createTrust } from './trust.ts';
import { version } from './version.ts';

/** A running station. */
export interface NodeService {
  /** Listens; answers its base URL. */
  start(): Promise<URL>;
  stop(): Promise<void>;
}

const systemClock: ClockPort = { now: () => new Date() };

function ruleSetOf(config: NodeConfig): RuleSet {
  const ruleSet = ruleSets.get(config.LOOKOUT_RULE_SET);
  if (ruleSet === undefined) throw new Fault('INTERNAL');
  return ruleSet;
}

function memberNamed(code: StationCode, directory: Directory): Member {
  const member = directory.members.find((candidate) => candidate.code === code);
  if (member === undefined) throw new Fault('STATION_UNKNOWN', { station: code });
  return member;
}

async function isTrue(check: Promise<unknown>): Promise<boolean> {
  return check.then(
    () => true,
    () => false,
  );
}

interface Parts {
  readonly station: Member;
  readonly clock: ClockPort;
  readonly database: Database;
  readonly audit: AuditPort;
  readonly tokens: TokenPort;
  readonly federation: FederationPort;
  readonly markersElsewhere: MarkerPort;
  readonly isLoaded: () => Promise<boolean>;
  readonly ruleSet: RuleSet;
  readonly donorLog: DonorLog;
  readonly books: Bookkeeping;
  readonly directory: DirectoryPort;
  readonly readiness: () => Promise<readonly Check[]>;
}

/** The use cases of a station, as its resolvers find them. */
function createAnswering(parts: Parts): Answering {
  const { station, clock, tokens, isLoaded, ruleSet, directory, readiness } = parts;
  const federation = createExpiringFederation(parts.federation, { directory, clock });
  const { prisma, pool } = parts.database;
  const { logTime, outcomes, outbox, signer, telling, catchUp } = parts.donorLog;
  const freshness = createExpiringFreshness(parts.donorLog.freshness, { directory, clock });
  const standing = createOwnStanding(station.code, { directory, clock });
  const counting = {
    ...{ station: station.code, directory },
    suspendedNow: suspendedNow(() => directory.current().members),
  };
  const all = createPostgresKnowledge({ pool, isLoaded });
  const knowledge = createCountedKnowledge(all, counting);
  const holdings = createCountedHoldings(createPostgresHoldings({ pool, isLoaded }), all, counting);
  const eligibility = createEligibility({
    ...{ station, ruleSet, standing, freshness, knowledge, federation, logTime, clock },
  });
  return {
    station,
    version,
    isReady: async () => (await readiness()).every(({ ok }) => ok),
    prisma,
    clock,
    audit: parts.audit,
    witness: createPostgresWitness({ pool }),
    tokens,
    holdings,
    knowledge,
    logTime,
    eligibility,
    donations: createDonations({ station, prisma, clock, telling }),
    lookouts: createLookouts({ prisma, directory, clock, telling }),
    markers: createMarkers({
      ...{ station: station.code, standing, prisma, knowledge, freshness, clock, seal },
      markersElsewhere: parts.markersElsewhere,
    }),
    registrations: createRegistrations({ station, prisma, clock, telling }),
    permits: createPermits({
      station,
      ruleSet,
      check: (asker, token, procedure) => eligibility.check(asker, token, procedure, null),
      knowledge,
      database: parts.database,
      outbox,
      outcomes,
      logTime,
      directory,
      clock,
      telling,
    }),
    conflicts: createConflicts({ prisma, clock }),
    sentEvents: createSentEvents({ station, prisma, outbox, signer }),
    receipts: createReceipts({ station, clock, signer }),
    release: createRelease({ prisma, ruleSet, knownOf: (asker, token) => eligibility.knownOf(asker, token) }),
    counts: createCounts(parts.books),
    replication: createReplication({ prisma, freshness, logTime, outbox, directory, catchUp }),
  };
}

interface Needed {
  readonly database: Pick<Database, 'pool'>;
  readonly audit: Pick<AuditPort, 'isTaking'>;
  readonly directory: Pick<DirectoryFile, 'check'>;
}

function createReadiness({ LOOKOUT_AWAIT_IMPORT: marker }: NodeConfig, { database, audit, directory }: Needed) {
  const isLoaded = async (): Promise<boolean> => marker === undefined || (await isTrue(access(marker)));
  const readiness = async (): Promise<Check[]> => [
    { name: 'database', ok: await isTrue(database.pool.query('SELECT 1')) },
    { name: 'entries', ok: audit.isTaking() },
    { name: 'import', ok: await isLoaded() },
    directory.check(),
  ];
  return { isLoaded, readiness };
}

/** Throws a `Fault` when the directory cannot be read or has no such station. */
export async function createNodeService(config: NodeConfig, log: Logger, clock = systemClock): Promise<NodeService> {
  const database = createDatabase(config.DATABASE_URL, {
    poolSize: config.DATABASE_POOL_SIZE,
    onIdleError: (error) => {
      log.warn({ err: error }, 'a database connection broke');
    },
  });
  const directory = await openStationDirectory({ config, database, clock, log });
  const station = memberNamed(config.LOOKOUT_STATION, directory.current());
  const audit = createPostgresAudit({ pool: database.pool, member: station.code, clock, log });
  recordVersions(directory, { audit, clock, log });
  const tokens = createHmacTokens(Buffer.from(config.LOOKOUT_TOKEN_KEY, 'hex'));
  const exchange = createExchange({ config, station, directory, audit, pool: database.pool, log });
  const { isLoaded, readiness } = createReadiness(config, { database, audit, directory });
  const ruleSet = ruleSetOf(config);
  const donorLog = createDonorLog({ config, station, ruleSet, directory, database, exchange, audit, isLoaded, log });
  const books = createBookkeeping({ station, directory, pool: database.pool, clock, isLoaded, log });
  const answering = createAnswering({
    ...{ station, clock, database, audit, tokens, isLoaded },
    federation: createGatewayFederation({ exchange }),
    markersElsewhere: createGatewayMarkers({ exchange }),
    ...{ ruleSet, donorLog, books, directory, readiness },
  });
  const { onDenied, onExhausted, onTurnedAway } = createRefusals(audit);
  const { tokenEndpoint, ...trust } = createTrust({ config, station, pool: database.pool, exchange, onDenied });
  const budgets = config.LOOKOUT_RATE_LIMITS;
  const server = createGraphqlServer({
    schema: stationSchema,
    context: ({ id, caller, request }): Context => ({ ...answering, requestId: id, caller, request }),
    ...trust,
    documents: stationDocuments,
    rates: { table: stationCharges, budgets, examine: createGuessWatch(budgets.GUESSES), onExhausted },
    onTurnedAway,
    production: config.NODE_ENV === 'production',
    readiness: async () => [...(await readiness()), checkOfRecord(donorLog.record())],
    routes: [
      ...directory.routes,
      tokenEndpoint,
      createImportRoute({ pool: database.pool, tokens, clock, station, telling: donorLog.telling, audit, log }),
    ],
    log,
  });

  return {
    async start() {
      donorLog.start();
      books.start();
      exchange.start();
      directory.start();
      return server.start({ host: config.LOOKOUT_HOST, port: config.LOOKOUT_PORT });
    },
    async stop() {
      await server.stop();
      answering.permits.stop();
      for (const part of [donorLog, books, exchange, directory, audit, database]) await part.stop();
    },
  };
}
