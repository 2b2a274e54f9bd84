/**
 * A station's part in the donor log, put together: the engine, the keys, the tables, and the loops of replication. Every
 * instance of a station reads heartbeats and knows how complete the copy is; the one that holds the lease does the rest.
 */
import { randomUUID } from 'node:crypto';

import type { Logger } from 'pino';

import type { Directory, Member } from '#schema/directory.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import { ruleSets } from '#schema/rule-sets.ts';
import type { DirectoryFile } from '#server/directory/file.ts';

import { createEmbeddedLog } from './adapters/embedded-log.ts';
import { createGatewayOrigin } from './adapters/gateway-origin.ts';
import { createJoseSigner, createJoseVerifier } from './adapters/jose-keys.ts';
import { createKafkaLog } from './adapters/kafka-log.ts';
import { createPostgresClaims } from './adapters/postgres-claims.ts';
import { createPostgresInbox } from './adapters/postgres-inbox.ts';
import { createAppliedListener } from './adapters/postgres-inbox/applied-listener.ts';
import { createLease } from './adapters/postgres-lease.ts';
import { createPostgresWitness } from './adapters/postgres-witness.ts';
import { createPostgresOutbox } from './adapters/postgres-outbox.ts';
import { createPostgresUntold } from './adapters/postgres-untold.ts';
import type { AuditPort } from './audit-port.ts';
import type { NodeConfig } from './config.ts';
import type { Database } from './db/client.ts';
import { outboxChannel } from './db/outbox.ts';
import type { Telling } from './db/outbox.ts';
import { findConflicts } from './domain/conflict.ts';
import { judgeClaims } from './domain/permit.ts';
import { suspendedNow } from './domain/suspension.ts';
import { createWatermarks } from './domain/watermark.ts';
import type { ExchangePort, FreshnessPort, LogPort, LogTimePort, OutboxPort, SignerPort } from './ports.ts';
import { createCatchUp } from './replication/catch-up.ts';
import type { CatchUpStatus } from './replication/catch-up.ts';
import { createControl } from './replication/control.ts';
import { createPromises } from './replication/control-promises.ts';
import { createFreshness } from './replication/freshness.ts';
import { createHeads } from './replication/heads.ts';
import type { RecordStanding } from './replication/heads.ts';
import { createProbe } from './replication/heartbeat.ts';
import { fromWhatCounts } from './replication/judging-again.ts';
import { createLeader } from './replication/leading.ts';
import type { Leader } from './replication/leading.ts';
import { createLogTime } from './replication/log-time.ts';
import { createLoop } from './replication/loop.ts';
import { createOutcomes } from './replication/outcomes.ts';
import type { Outcomes } from './replication/outcomes.ts';
import { createProgress } from './replication/progress.ts';

/** What the rest of a station needs of the donor log. */
export interface DonorLog {
  readonly freshness: FreshnessPort;
  readonly logTime: LogTimePort;
  readonly outcomes: Outcomes;
  readonly outbox: OutboxPort;
  readonly signer: SignerPort;
  readonly telling: Telling;
  /** How the station's record stands among the others. */
  readonly record: () => RecordStanding;
  /** Whether the log was heard lately. */
  readonly isUp: () => boolean;
  /** How far this instance has applied it; null where another one does. */
  readonly catchUp: () => CatchUpStatus | null;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

interface Options {
  readonly config: NodeConfig;
  readonly station: Member;
  readonly ruleSet: RuleSet;
  readonly directory: DirectoryFile;
  readonly database: Pick<Database, 'pool' | 'pipelined'>;
  /** Questions to the origins of events. */
  readonly exchange: ExchangePort;
  readonly audit: AuditPort;
  readonly isLoaded: () => Promise<boolean>;
  readonly log: Logger;
}

const stopwatch = { moment: () => ({ monotonic: performance.now(), wall: Date.now() }) };

/** Kafka where brokers are named, else the table that comes with a federation on one machine. */
function openLog(config: NodeConfig, { policy }: Directory, log: Logger): LogPort {
  const partitions = policy.logPartitions;
  if (config.LOOKOUT_LOG_URL !== undefined) return createEmbeddedLog({ url: config.LOOKOUT_LOG_URL, partitions, log });
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  const hasSasl = mechanism !== undefined && username !== undefined && password !== undefined;
  return createKafkaLog({
    brokers: config.KAFKA_BROKERS ?? [],
    partitions,
    clientId: `lookout-${config.LOOKOUT_STATION}`,
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    ...(config.KAFKA_REPLICATION_FACTOR !== undefined && { replicationFactor: config.KAFKA_REPLICATION_FACTOR }),
    ...(config.KAFKA_TLS && { tls: true }),
    ...(hasSasl && { sasl: { mechanism, username, password } }),
    log,
  });
}

const findRuleSet = (id: string, hash: string): RuleSet | undefined => {
  const ruleSet = ruleSets.get(id);
  return ruleSet?.hash === hash ? ruleSet : undefined;
};

/** Everything that talks to the world. */
function openAdapters({ config, station, directory, database, exchange, log }: Options) {
  const { pool } = database;
  const instance = randomUUID();
  const partitions = directory.current().policy.logPartitions;
  return {
    instance,
    partitions,
    donorLog: openLog(config, directory.current(), log),
    inbox: createPostgresInbox({ database, station: station.code, instance }),
    outbox: createPostgresOutbox({ pool, station: station.code }),
    untold: createPostgresUntold({ pool, partitions }),
    signer: createJoseSigner(config.LOOKOUT_SIGNING_KEY),
    verifier: createJoseVerifier({ directory }),
    origins: createGatewayOrigin({ exchange, station: station.code }),
  };
}

type Adapters = ReturnType<typeof openAdapters>;

/** What is known of the copy, in every instance alike. */
function createKnowledgeOfCopy({ partitions, inbox, donorLog }: Adapters) {
  const watermarks = createWatermarks(partitions);
  const progress = createProgress({ inbox, watermarks });
  const catchUp = createCatchUp({ stopwatch, log: donorLog });
  const promises = createPromises({ progress, catchUp, log: donorLog, stopwatch });
  return { watermarks, progress, catchUp, promises, logTime: createLogTime({ stopwatch }) };
}

/** Leads while the lease is held, and never twice at once. */
function createLeadership(
  options: Options,
  parts: Adapters & ReturnType<typeof createKnowledgeOfCopy>,
): { readonly leader: () => Leader | undefined; start(): void; stop(): Promise<void> } {
  const { config, station, ruleSet, directory, log } = options;
  let leader: Leader | undefined;
  let leaving: Promise<void> = Promise.resolve();

  const lead = (): void => {
    log.info('this instance runs the replication of the station');
    leader = createLeader({
      ...{ ...parts, ...options, stopwatch },
      ...fromWhatCounts(
        {
          judge: (history) => judgeClaims(history, findRuleSet),
          conflictsOf: (token, history) => findConflicts(token, history, ruleSet, station.code),
        },
        suspendedNow(() => directory.current().members),
      ),
    });
    leader.start();
  };
  const follow = (): void => {
    leaving = leaving.then(async () => {
      const last = leader;
      leader = undefined;
      await last?.stop();
    });
  };
  const lease = createLease({
    databaseUrl: config.DATABASE_URL,
    name: 'replication',
    onHeld: () => {
      leaving = leaving.then(lead);
    },
    onLost: follow,
    channel: outboxChannel,
    onNotice: () => leader?.wakeRelay(),
  });
  return {
    leader: () => leader,
    start: () => {
      lease.start();
    },
    stop: async () => {
      await lease.stop();
      await leaving;
    },
  };
}

const tellingTo = (leader: () => Leader | undefined, partitions: number): Telling => ({
  partitions,
  onTold: () => leader()?.wakeRelay(),
  atOnce: async (event) => (await leader()?.tell(event)) ?? false,
});

/** What is said and heard of records on the control topic. */
const openHeads = ({ station, audit, database, log: logger }: Options, { signer, verifier, donorLog }: Adapters) =>
  createHeads({
    ...{ station: station.code, audit, signer, verifier, stopwatch, logger },
    witness: createPostgresWitness({ pool: database.pool }),
    log: donorLog,
    clock: { now: () => new Date() },
  });

export function createDonorLog(options: Options): DonorLog {
  const { config, station, directory, database, log } = options;
  const adapters = openAdapters(options);
  const { donorLog, verifier, partitions, instance } = adapters;
  const known = createKnowledgeOfCopy(adapters);
  const { watermarks, progress, catchUp, promises, logTime } = known;
  const leadership = createLeadership(options, { ...adapters, ...known });
  const heads = openHeads(options, adapters);
  const control = createControl({ log: donorLog, verifier, watermarks, promises, heads });
  const prober = createProbe({ log: donorLog, station: station.code, logTime });

  const listener = createAppliedListener({
    databaseUrl: config.DATABASE_URL,
    instance,
    onApplied: (applied) => {
      progress.take(applied);
    },
    onUp: () => progress.reload(),
    onDown: () => {
      progress.forget();
    },
    onForgotten: () => leadership.leader()?.restart(),
  });
  // The holder's heartbeats tell it the log's time; the others have to ask.
  const sound = async (): Promise<boolean> => {
    if (leadership.leader() === undefined) await prober.probe();
    return false;
  };
  const sayHead = async (): Promise<boolean> => (leadership.leader() === undefined ? false : heads.tell());
  const { heartbeatMs } = directory.current().policy;
  const loops = [
    createLoop({ name: 'control', step: () => control.step(), intervalMs: 1_000, log }),
    createLoop({ name: 'probe', step: sound, intervalMs: heartbeatMs, log }),
    createLoop({ name: 'head of the record', step: sayHead, intervalMs: heartbeatMs, log }),
  ];
  const forget = directory.onChange(() => leadership.leader()?.wakeRetry());

  return {
    freshness: createFreshness({ station: station.code, directory, watermarks, logTime }),
    logTime,
    outcomes: createOutcomes({ progress, find: createPostgresClaims(database.pool, station.code) }),
    outbox: adapters.outbox,
    signer: adapters.signer,
    record: () => heads.standing(),
    telling: tellingTo(leadership.leader, partitions),
    isUp: () => donorLog.isUp(),
    catchUp: () => (leadership.leader() === undefined ? null : catchUp.status()),
    start: () => {
      listener.start();
      leadership.start();
      for (const loop of loops) loop.start();
    },
    stop: async () => {
      forget();
      control.stop();
      await Promise.all([leadership.stop(), listener.stop(), ...loops.map((loop) => loop.stop())]);
      await donorLog.stop();
    },
  };
}
