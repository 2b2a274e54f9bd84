/**
 * What one instance of a station does for all of them while it holds the lease: applies the log, sends the outbox, says
 * heartbeats, asks for what is missing, and gives second chances.
 */
import type { Logger } from 'pino';

import type {
  DirectoryPort,
  InboxPort,
  LogPort,
  OriginPort,
  OutboxPort,
  SignerPort,
  StopwatchPort,
  UntoldPort,
  VerifierPort,
} from '../ports.ts';
import type { Member } from '#schema/directory.ts';
import { createReader } from './applier-reading.ts';
import type { Conclusions } from './applier-settling.ts';
import { createApplier } from './applier.ts';
import type { AppliedBatch } from './applier.ts';
import type { CatchUp } from './catch-up.ts';
import { sayCatchUp } from './catch-up.ts';
import type { Promises } from './control-promises.ts';
import { createHeartbeat } from './heartbeat.ts';
import type { LogTime } from './log-time.ts';
import { createJudgingAgain } from './judging-again.ts';
import { createLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import type { Progress } from './progress.ts';
import { createRelay } from './relay.ts';
import type { Relay } from './relay.ts';
import { createRepair } from './repair.ts';
import { createRetry } from './retry.ts';

export interface LeaderDependencies extends Conclusions {
  readonly station: Pick<Member, 'code'>;
  readonly partitions: number;
  readonly donorLog: LogPort;
  readonly inbox: InboxPort;
  readonly outbox: OutboxPort;
  readonly untold: UntoldPort;
  readonly signer: SignerPort;
  readonly verifier: VerifierPort;
  readonly origins: OriginPort;
  readonly directory: DirectoryPort;
  readonly stopwatch: StopwatchPort;
  readonly logTime: LogTime;
  readonly progress: Progress;
  readonly promises: Promises;
  readonly catchUp: CatchUp;
  /** Whether what the station holds is all it knows: until its first import is done it promises nothing. */
  readonly isLoaded: () => Promise<boolean>;
  readonly log: Logger;
}

/** One holding of the lease. */
export interface Leader {
  start(): void;
  /** There is something in the outbox. */
  wakeRelay(): void;
  /** Puts an event into the outbox and sends it at once, if there is nothing else to do; answers whether it did. */
  tell: Relay['tell'];
  /** The directory has changed. */
  wakeRetry(): void;
  /** The copy was forgotten: read from the start. */
  restart(): void;
  stop(): Promise<void>;
}

/** What is told in this process wakes the relay, and so does the database; this is for whatever slipped through. */
const relayPauseMs = 5_000;
const repairPauseMs = 1_000;
const readingPauseMs = 1_000;
const retryPauseMs = 60_000;
const catchUpLineMs = 5_000;

/** The parts whose work the loops drive. `wakeRelay` is called when the relay may begin or has something to do, again and again. */
function createParts(dependencies: LeaderDependencies, wakeRelay: () => void) {
  const { station, partitions, donorLog, inbox, directory, progress, catchUp, log } = dependencies;
  const onApplied = (applied: AppliedBatch): void => {
    const wasDone = catchUp.isDone();
    catchUp.note(applied);
    progress.take(applied);
    if (!wasDone && catchUp.isDone()) wakeRelay();
  };
  const onClaims = (claims: AppliedBatch['claims']): void => {
    progress.take({ heard: [], claims });
  };
  const applier = createApplier({ ...dependencies, station: station.code, onApplied, onClaims });
  const reader = createReader({
    ...{ log: donorLog, inbox, applier, partitions, directory },
    catchUp: {
      begin: (positions, ends) => {
        catchUp.begin(positions, ends);
        if (catchUp.isDone()) wakeRelay();
      },
    },
    onRecreated: (partition) => {
      log.warn({ partition }, 'the donor log was made anew; what it lost is asked of its origins');
    },
  });
  const relay = createRelay({
    ...dependencies,
    station: station.code,
    log: donorLog,
    isCaughtUp: () => catchUp.isDone(),
    heard: async () => {
      const own = (await inbox.progress()).filter(({ origin }) => origin === station.code);
      return new Map(own.map(({ partition, heard }) => [partition, heard.highest]));
    },
    onUntold: (untold) => {
      log.info(untold, 'facts of before the donor log are told');
    },
    onUnsent: wakeRelay,
  });
  const repair = createRepair({
    ...dependencies,
    station: station.code,
    applier,
    onStuck: ({ origin, partition }, err) => {
      log.warn({ origin, partition, err }, 'an origin cannot give what is missing of it');
    },
  });
  const heartbeat = createHeartbeat({ ...dependencies, station: station.code, log: donorLog });
  const retry = createRetry({ inbox, applier, directory, partitions });
  const judgingAgain = createJudgingAgain({ ...dependencies, station: station.code, onApplied });
  return { reader, relay, heartbeat, repair, retry, judgingAgain };
}

export function createLeader(dependencies: LeaderDependencies): Leader {
  const { directory, catchUp, isLoaded, log } = dependencies;
  const { reader, relay, heartbeat, repair, retry, judgingAgain } = createParts(dependencies, () => {
    loops.relay.wake();
  });

  const beat = async (): Promise<boolean> => {
    if (await isLoaded()) await heartbeat.beat();
    return false;
  };
  const sayHowFar = (): Promise<boolean> => {
    const status = catchUp.status();
    if (!status.isDone && status.left > 0) log.info(sayCatchUp(status));
    return Promise.resolve(false);
  };
  const loop = (name: string, step: () => Promise<boolean>, intervalMs: number): Loop =>
    createLoop({ name, step, intervalMs, log });
  const loops = {
    read: loop('apply', () => reader.step(), readingPauseMs),
    relay: loop('relay', () => relay.step(), relayPauseMs),
    heartbeat: loop('heartbeat', beat, directory.current().policy.heartbeatMs),
    repair: loop('repair', () => repair.step(), repairPauseMs),
    retry: loop('retry', () => retry.step(), retryPauseMs),
    judgingAgain: loop('judge again', () => judgingAgain.step(), retryPauseMs),
    catchUp: loop('catch-up', sayHowFar, catchUpLineMs),
  };

  return {
    start() {
      for (const each of Object.values(loops)) each.start();
    },
    wakeRelay: () => {
      loops.relay.wake();
    },
    tell: (event) => relay.tell(event),
    wakeRetry: () => {
      loops.retry.wake();
      loops.judgingAgain.wake();
    },
    restart: () => {
      reader.restart();
    },
    async stop() {
      reader.stop();
      await Promise.all(Object.values(loops).map((each) => each.stop()));
      await relay.settled();
    },
  };
}
