/** All that reads the donor log for a station, put together as the station does it, on a real database and the embedded log. */
import { pino } from 'pino';

import { createEmbeddedLog } from '#node/adapters/embedded-log.ts';
import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createPostgresInbox } from '#node/adapters/postgres-inbox.ts';
import { createAppliedListener } from '#node/adapters/postgres-inbox/applied-listener.ts';
import { createDatabase } from '#node/db/client.ts';
import { createWatermarks } from '#node/domain/watermark.ts';
import type { DirectoryPort, InboxPort, LogPort, OriginPort, OutboxPort } from '#node/ports.ts';
import { createApplier } from '#node/replication/applier.ts';
import { createReader } from '#node/replication/applier-reading.ts';
import { createCatchUp } from '#node/replication/catch-up.ts';
import { createControl } from '#node/replication/control.ts';
import { createPromises } from '#node/replication/control-promises.ts';
import { createLoop } from '#node/replication/loop.ts';
import { createProgress } from '#node/replication/progress.ts';
import { createRepair } from '#node/replication/repair.ts';
import { StationCode } from '#schema/ids.ts';

import { conclusionsOf, partitions } from './copy-under-test.ts';

const silent = pino({ level: 'silent' });

/** A stopwatch a test may push on. */
export function createTestStopwatch() {
  let ahead = 0;
  return {
    moment: () => ({ monotonic: performance.now() + ahead, wall: Date.now() + ahead }),
    push: (milliseconds: number) => {
      ahead += milliseconds;
    },
  };
}

export const createTestLog = (url: string): LogPort => createEmbeddedLog({ url, partitions, log: silent });

const nobody: OriginPort = { eventsSince: () => Promise.resolve([]) };

interface Options {
  readonly code: string;
  readonly databaseUrl: string;
  readonly directory: DirectoryPort;
  readonly log: LogPort;
  readonly instance?: string;
  /** Stands between the applier and the database. */
  readonly around?: (inbox: InboxPort) => InboxPort;
  readonly origins?: OriginPort;
  /** Puts own words into the log again. */
  readonly resend?: OutboxPort['resend'];
}

/** Runs until the end of the scope, once started. An instance that does not read only listens to the one that does. */
export function createReplica(options: Options) {
  const {
    code,
    databaseUrl,
    directory,
    log,
    instance = 'one',
    around = (inbox: InboxPort) => inbox,
    origins = nobody,
  } = options;
  const { resend = () => Promise.resolve() } = options;
  const station = StationCode.parse(code);
  const database = createDatabase(databaseUrl, { poolSize: 4 });
  const stopwatch = createTestStopwatch();
  const inbox = around(createPostgresInbox({ database, station, instance }));
  const watermarks = createWatermarks(partitions);
  const progress = createProgress({ inbox, watermarks });
  const catchUp = createCatchUp({ stopwatch, log });
  const verifier = createJoseVerifier({ directory });
  const watchers = new Set<() => void>();
  const recreated = new Set<number>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const applier = createApplier({
    inbox,
    verifier,
    directory,
    station,
    partitions,
    ...conclusionsOf(station),
    onApplied: (applied) => {
      catchUp.note(applied);
      progress.take(applied);
      changed();
    },
  });
  const reader = createReader({
    ...{ log, inbox, applier, catchUp, partitions, directory },
    onRecreated: (partition) => recreated.add(partition),
  });
  const promises = createPromises({ progress, catchUp, log, stopwatch });
  const control = createControl({ log, verifier, watermarks, promises, heads: { take: () => Promise.resolve() } });
  const repair = createRepair({
    station,
    outbox: { resend },
    origins,
    applier,
    progress,
    promises,
    stopwatch,
  });
  const listener = createAppliedListener({
    databaseUrl,
    instance,
    onApplied: (applied) => {
      progress.take(applied);
      changed();
    },
    onUp: async () => {
      await progress.reload();
      changed();
    },
    onDown: () => {
      progress.forget();
      changed();
    },
    onForgotten: () => {
      reader.restart();
    },
  });
  const loops = [reader, control].map((part) => {
    const loop = createLoop({ name: 'test', step: () => part.step(), intervalMs: 50, log: silent });
    return { part, loop };
  });
  return {
    inbox,
    applier,
    progress,
    watermarks,
    repair,
    promises,
    stopwatch,
    catchUp,
    pool: database.pool,
    /** The partitions of which it saw that the log was made anew. */
    recreated,
    /** @param isReading whether this is the instance that reads the log. */
    start(isReading = true) {
      listener.start();
      if (isReading) for (const { loop } of loops) loop.start();
    },
    /** Waits until something is so, looking whenever anything changed. */
    async until(isSo: () => boolean): Promise<void> {
      await new Promise<void>((resolve) => {
        const look = () => {
          if (!isSo()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      });
    },
    /** Something outside of what is watched changed. */
    look: changed,
    async [Symbol.asyncDispose]() {
      for (const { part } of loops) part.stop();
      await Promise.all(loops.map(({ loop }) => loop.stop()));
      await listener.stop();
      await database.stop();
    },
  };
}
