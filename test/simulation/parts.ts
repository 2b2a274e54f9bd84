/** One life of a station's process: the real parts of replication, put together as the app does it, on virtual ports. */
import type { Directory, Member } from '#schema/directory.ts';
import type { DonorToken, EventId } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import { createCountedKnowledge } from '#node/adapters/counted-knowledge.ts';
import { createOwnStanding } from '#node/adapters/own-standing.ts';
import { findConflicts } from '#node/domain/conflict.ts';
import type { ClaimOutcome } from '#node/domain/history.ts';
import { judgeClaims } from '#node/domain/permit.ts';
import { suspendedNow } from '#node/domain/suspension.ts';
import { createWatermarks } from '#node/domain/watermark.ts';
import { createEligibility } from '#node/modules/eligibility/eligibility.ts';
import type {
  DirectoryPort,
  DonorKnowledge,
  FreshnessPort,
  LogTimePort,
  OutboxEvent,
  VerifierPort,
} from '#node/ports.ts';
import { createApplier } from '#node/replication/applier.ts';
import type { AppliedBatch } from '#node/replication/applier.ts';
import { createReader } from '#node/replication/applier-reading.ts';
import { createCatchUp } from '#node/replication/catch-up.ts';
import { createPromises } from '#node/replication/control-promises.ts';
import { createControl } from '#node/replication/control.ts';
import { createFreshness } from '#node/replication/freshness.ts';
import { createHeartbeat, createProbe } from '#node/replication/heartbeat.ts';
import { createJudgingAgain, fromWhatCounts } from '#node/replication/judging-again.ts';
import { createLogTime } from '#node/replication/log-time.ts';
import type { LogTime } from '#node/replication/log-time.ts';
import { createProgress } from '#node/replication/progress.ts';
import { createRelay } from '#node/replication/relay.ts';
import { createRepair } from '#node/replication/repair.ts';
import { createRetry } from '#node/replication/retry.ts';

import { asker } from '#test/support/asker.ts';
import { holdingOf } from './disk.ts';
import type { Disk } from './disk.ts';
import type { Breakage } from './faulty.ts';
import { createIds, partitions } from './ids.ts';
import type { Ledger } from './ledger.ts';
import { createOperations } from './operations.ts';
import type { OperationParts, Operations } from './operations.ts';
import type { Life } from './scheduler.ts';
import { createSealer } from './signatures.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { createVirtualInbox, historyOf } from './virtual-inbox.ts';
import type { VirtualLog } from './virtual-log.ts';
import { createVirtualFederation, createVirtualOrigins } from './virtual-network.ts';
import type { Neighbours } from './virtual-network.ts';
import { createVirtualOutbox, databaseFault } from './virtual-outbox.ts';
import type { World } from './world.ts';

export interface PartsOptions {
  readonly world: World;
  readonly life: Life;
  readonly member: Member;
  readonly ruleSet: RuleSet;
  readonly directory: DirectoryPort;
  readonly disk: Disk;
  readonly clock: VirtualClock;
  readonly log: VirtualLog;
  readonly ledger: Ledger;
  readonly verifier: VerifierPort;
  readonly neighbours: () => Neighbours;
  readonly breakage: Breakage;
  readonly onAnswer: OperationParts['onAnswer'];
  /** Something was put into the outbox. */
  readonly onTold: () => void;
  readonly onBug: (error: Error) => void;
  /** What this directory changed is judged again. */
  readonly onJudged: (by: Directory) => void;
}

/** One of the loops that always run, a round of which is begun whenever chance says so. */
export interface LoopRound {
  readonly name: string;
  readonly weight: number;
  readonly step: () => Promise<unknown>;
}

export interface Parts {
  readonly operations: Operations;
  readonly loops: readonly LoopRound[];
  readonly freshness: FreshnessPort;
}

export function createParts(options: PartsOptions): Parts {
  const { world, life, member, ruleSet, directory, disk, clock, ledger, verifier, neighbours, breakage } = options;
  const { code } = member;
  const broken = <Part>(name: keyof Breakage, part: Part): Part => {
    const wrap = breakage[name] as ((part: Part, world: World, clock: VirtualClock) => Part) | undefined;
    return wrap === undefined ? part : wrap(part, world, clock);
  };
  const onWithdrawn = (id: EventId): void => {
    ledger.withdrew(code, id);
  };
  const onAdded = ({ id, token, body }: OutboxEvent): void => {
    ledger.wrote({ id, station: code, token, body, committedAt: world.now() });
  };

  const outbox = broken('outbox', createVirtualOutbox(world, life, disk, { onWithdrawn, onAdded }));
  const inbox = broken('inbox', createVirtualInbox(world, life, disk));
  const log = broken('log', options.log.portOf(life));
  const signer = createSealer(code);
  const watermarks = broken('watermarks', createWatermarks(partitions));
  const soundings = createLogTime({ stopwatch: clock.stopwatch });
  const logTime = broken<LogTimePort>('logTime', soundings);
  const progress = createProgress({ inbox, watermarks });
  const catchUp = createCatchUp({ stopwatch: clock.stopwatch, log });
  const promises = createPromises({ progress, catchUp, log, stopwatch: clock.stopwatch });

  const isSuspended = broken(
    'isSuspended',
    suspendedNow(() => directory.current().members),
  );
  const conclusions = fromWhatCounts(
    {
      judge: broken('judge', (history) =>
        judgeClaims(history, (id, hash) => (id === ruleSet.id && hash === ruleSet.hash ? ruleSet : undefined)),
      ),
      conflictsOf: (token, history) => findConflicts(token, history, ruleSet, code),
    },
    isSuspended,
  );
  const onApplied = (applied: AppliedBatch): void => {
    catchUp.note(applied);
    progress.take(applied);
  };
  const applying = { ...conclusions, inbox, directory, station: code, partitions, onApplied };
  const applier = createApplier({ ...applying, verifier });
  const judgingAgain = broken('judgingAgain', createJudgingAgain(applying));
  const reader = createReader({
    log,
    inbox,
    applier,
    catchUp,
    partitions,
    directory,
    onRecreated: (partition) => {
      options.onBug(new RangeError(`the log of ${partition} was never made anew`));
    },
  });
  const control = createControl({ log, verifier, watermarks, promises, heads: { take: () => Promise.resolve() } });
  const origins = createVirtualOrigins(world, life, neighbours);
  const repair = createRepair({
    station: code,
    outbox,
    origins,
    applier,
    progress,
    promises,
    stopwatch: clock.stopwatch,
  });
  const retry = createRetry({ inbox, applier, directory, partitions });
  const freshness = broken('freshness', createFreshness({ station: code, directory, watermarks, logTime }));

  const relay = createRelay({
    outbox,
    untold: { left: () => Promise.resolve(0), tell: () => Promise.resolve(0) },
    log,
    signer,
    station: code,
    isCaughtUp: () => catchUp.isDone(),
    async heard() {
      const own = (await inbox.progress()).filter(({ origin }) => origin === code);
      return new Map(own.map(({ partition, heard }) => [partition, heard.highest]));
    },
  });
  const sounded: LogTime = {
    around: (append) => soundings.around(append),
    earliest: () => logTime.earliest(),
    latest: () => logTime.latest(),
  };
  const heartbeat = createHeartbeat({ outbox, log, signer, station: code, logTime: sounded, partitions });
  const probes = createProbe({ log, station: code, logTime: sounded });

  const readDonor = (token: DonorToken): Promise<DonorKnowledge> =>
    world.scheduler.call(
      life,
      'reads a donor',
      () => {
        const copy = disk.copies[partitionOf(token, partitions)];
        return { own: holdingOf(disk, token), history: copy === undefined ? [] : historyOf(copy, token) };
      },
      { fault: databaseFault },
    );
  const knowledge = createCountedKnowledge(
    { knowledgeOf: readDonor, knowledgeOfMany: (tokens) => Promise.all(tokens.map(readDonor)) },
    { station: code, directory, suspendedNow: isSuspended },
  );
  const judgeAgain = async (): Promise<void> => {
    const by = directory.current();
    await judgingAgain.step();
    options.onJudged(by);
  };
  const eligibility = createEligibility({
    station: member,
    ruleSet,
    standing: broken('standing', createOwnStanding(code, { directory, clock: clock.clock })),
    freshness,
    knowledge,
    federation: createVirtualFederation(world, life, neighbours, directory),
    logTime,
    clock: clock.clock,
  });

  /** What becomes of a claim, as soon as it is known here. */
  const outcomeOf = (id: EventId): Promise<ClaimOutcome> =>
    new Promise((resolve) => {
      const end = progress.onClaims((claims) => {
        const judged = claims.get(id);
        if (judged === undefined) return;
        end();
        resolve(judged.outcome);
      });
    });
  const operations = createOperations({
    ...options,
    policy: directory.current().policy,
    clock: clock.clock,
    newId: createIds(world.random, clock.clock),
    outbox,
    atOnce: (event) => relay.tell(event),
    logTime,
    check: (token, procedure) => eligibility.check(asker, token, procedure, null),
    outcomeOf,
  });

  return {
    operations,
    freshness,
    loops: [
      { name: 'relay', weight: 6, step: () => relay.step() },
      { name: 'heartbeat', weight: 3, step: () => heartbeat.beat() },
      { name: 'probe', weight: 0.5, step: () => probes.probe() },
      { name: 'repair', weight: 1, step: () => repair.step() },
      { name: 'retry', weight: 0.2, step: () => retry.step() },
      { name: 'judging', weight: 0.5, step: judgeAgain },
      { name: 'reading', weight: 4, step: () => reader.step() },
      { name: 'control', weight: 4, step: () => control.step() },
      { name: 'progress', weight: 4, step: () => (progress.isKnown() ? Promise.resolve() : progress.reload()) },
    ],
  };
}
