/** A station's writing side on a database of its own, and a log that keeps what it is given in order. */
import { pino } from 'pino';

import { createEmbeddedLog } from '#node/adapters/embedded-log.ts';
import { createPostgresOutbox } from '#node/adapters/postgres-outbox.ts';
import { createPostgresUntold } from '#node/adapters/postgres-untold.ts';
import { createDatabase } from '#node/db/client.ts';
import { createDonations } from '#node/modules/donations/donations.ts';
import { createLookouts } from '#node/modules/lookouts/lookouts.ts';
import { createRegistrations } from '#node/modules/registrations/registrations.ts';
import type { LogBatch, LogEntry, LogPort, LogTopic, SignerPort } from '#node/ports.ts';
import { createRelay } from '#node/replication/relay.ts';
import type { RelayDependencies } from '#node/replication/relay.ts';
import { DonorEvent } from '#schema/events.ts';
import { DonorToken, StationCode } from '#schema/ids.ts';
import { createTestDirectory } from '#test/support/donor-log.ts';
import { withEntries } from '#test/support/entry.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import { testClock } from '#test/support/station.ts';

export const partitions = 4;

/** The donor of a number. */
export const donorOf = (index: number): DonorToken =>
  DonorToken.parse(Buffer.alloc(32, `donor ${index} `).toString('base64url'));

export const draw = {
  procedure: 'WHOLE_BLOOD',
  collectedAt: new Date('2026-11-01T01:00:00Z'),
  volumeMl: 400,
  outcome: 'COMPLETE',
  permit: null,
} as const;

/** The same payload gives the same signature, and whoever reads it finds the payload. */
export const plainSigner: SignerPort = { sign: (_, payload) => Promise.resolve(payload) };

/** What a log got, in order. */
export function createRecorder() {
  const entries: LogEntry[] = [];
  const append: LogPort['append'] = (_, more) => {
    entries.push(...more);
    return Promise.resolve({ appendedAt: 1_800_000_000_000 + entries.length });
  };
  return {
    entries,
    append,
    events: () => entries.map(({ value }) => DonorEvent.parse(JSON.parse(value))),
    /** The numbers of each partition, in the order they came in. */
    numbers: () => Map.groupBy(entries, ({ partition }) => partition),
  };
}

/** The embedded engine of the donor log, on a database of its own, and everything it holds. */
export async function openEmbeddedLog() {
  const database = await createTestDatabase({ empty: true });
  const log = createEmbeddedLog({ url: database.url, partitions, log: pino({ level: 'silent' }) });
  return {
    append: (topic: LogTopic, entries: readonly LogEntry[]) => log.append(topic, entries),
    /** Everything from the beginning on, in the order of each partition. */
    async events(): Promise<DonorEvent[]> {
      const bounds = await log.bounds('donors');
      const events: DonorEvent[] = [];
      const left = new Set(bounds.flatMap(({ end }, partition) => (end > 0 ? [partition] : [])));
      const done = new AbortController();
      if (left.size === 0) return events;
      const onBatch = ({ partition, records }: LogBatch) => {
        events.push(...records.map(({ value }) => DonorEvent.parse(JSON.parse(value))));
        if ((records.at(-1)?.offset ?? 0) + 1 >= (bounds[partition]?.end ?? 0)) left.delete(partition);
        if (left.size === 0) done.abort();
        return Promise.resolve();
      };
      await log.read({ topic: 'donors', from: bounds.map(() => 0), onBatch }, done.signal);
      return events;
    },
    async [Symbol.asyncDispose]() {
      await log.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

export async function openTellingStation(name: string) {
  const code = StationCode.parse(name);
  const station = { code, kind: name.includes('B') ? 'BLOOD' : 'PLASMA' } as const;
  const testDatabase = await createTestDatabase();
  const database = createDatabase(testDatabase.url, { poolSize: 12 });
  const { prisma, pool } = database;
  const wakes = { count: 0 };
  const telling = {
    partitions,
    onTold: () => {
      wakes.count += 1;
    },
  };
  const deps = { station, prisma, clock: testClock, telling };
  const outbox = createPostgresOutbox({ pool, station: code });
  const untold = createPostgresUntold({ pool, partitions });
  return {
    ...deps,
    pool,
    url: testDatabase.url,
    wakes,
    outbox,
    untold,
    donations: withEntries(pool, name, createDonations(deps)),
    lookouts: withEntries(pool, name, createLookouts({ ...deps, directory: createTestDirectory([name]) })),
    registrations: withEntries(pool, name, createRegistrations(deps)),
    relayInto: (log: Pick<LogPort, 'append'>, other: Partial<RelayDependencies> = {}) =>
      createRelay({
        outbox,
        untold,
        log,
        signer: plainSigner,
        station: code,
        isCaughtUp: () => true,
        heard: () => new Map(),
        ...other,
      }),
    /** Everything the outbox holds, in the order it was written down. */
    async told() {
      const rows = await prisma.outbox.findMany({ orderBy: { id: 'asc' } });
      return rows.map(({ body }) => body);
    },
    async [Symbol.asyncDispose]() {
      await database.stop();
      await testDatabase[Symbol.asyncDispose]();
    },
  };
}

/** Lets a relay run until it says that nothing is left. */
export async function drain(relay: { step(): Promise<boolean> }): Promise<void> {
  while (await relay.step());
}
