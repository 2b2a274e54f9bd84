/**
 * A station with a desk, for tests of what it concludes: its real database, outbox, applier and use cases. The log between them
 * is carried by hand, so that a test can say what happens in between.
 */
import { createJoseSigner } from '#node/adapters/jose-keys.ts';
import { createPostgresKnowledge } from '#node/adapters/postgres-knowledge.ts';
import { createPostgresOutbox } from '#node/adapters/postgres-outbox.ts';
import { createDatabase } from '#node/db/client.ts';
import { payloadOf } from '#node/domain/telling.ts';
import { createEligibility } from '#node/modules/eligibility/eligibility.ts';
import { createPermits } from '#node/modules/permits/permits.ts';
import type { FederationPort, JudgedClaim } from '#node/ports.ts';
import { createOutcomes } from '#node/replication/outcomes.ts';
import type { FaultCode } from '#schema/codes.ts';
import { Policy } from '#schema/directory.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import { StationCode } from '#schema/ids.ts';
import type { EventId } from '#schema/ids.ts';
import { createCopy, partitions } from '#test/integration/inbox/copy-under-test.ts';
import { createRecords, createTeller, createTestDirectory, logStart } from '#test/support/donor-log.ts';
import { ruleSetNamed } from '#test/support/facts.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';

const code = '310198B01';
export const here = StationCode.parse(code);
export const there = StationCode.parse('320198B01');

type Claims = ReadonlyMap<EventId, JudgedClaim>;

/** What the others answer live: nobody is there, unless a test says so. */
const nobody: FederationPort = {
  heldElsewhere: (_asker, _token, stations) => Promise.resolve({ facts: nothing, coverage: stations.map(silent) }),
  heldElsewhereOf: (_asker, tokens, stations) =>
    Promise.resolve(tokens.map(() => ({ facts: nothing, coverage: stations.map(silent) }))),
};
const nothing = { donations: [], bars: [], registrations: [] };
const silent = (station: StationCode): StationCoverage => ({
  station,
  state: 'MISSING',
  asOf: null,
  fault: 'STATION_TIMEOUT',
});

export async function createDesk({ patienceMs = 5_000, federation = nobody } = {}) {
  const directory = {
    current: () => ({ ...members.current(), policy: Policy.parse({ logPartitions: partitions }) }),
  };
  const members = createTestDirectory([code, '320198B01', '330798P01']);
  const copy = await createCopy({ code, directory });
  const database = createDatabase(copy.url, { poolSize: 4 });
  const { pool, prisma } = database;
  const outbox = createPostgresOutbox({ pool, station: here });
  const signer = createJoseSigner(testSigningKey(code));
  const records = createRecords(partitions);
  const knowledge = createPostgresKnowledge({ pool, isLoaded: () => Promise.resolve(true) });
  const ruleSet = ruleSetNamed('CN-2012');
  const clock = { now: () => new Date(logStart) };
  /** What a test may turn. */
  const world = {
    logTime: (logStart + 10_000) as number | null,
    fresh: [] as readonly StationCoverage[],
    /** Why nothing may rest on the station itself. */
    fault: null as FaultCode | null,
    /** What happens when something was put into the outbox. */
    onTold: (): Promise<unknown> => carry(),
  };
  const logTime = { latest: () => world.logTime, earliest: () => world.logTime };
  /** What is happening because something was put into the outbox. */
  let told: Promise<unknown> = Promise.resolve();
  const listeners: ((claims: Claims) => void)[] = [];
  const outcomes = createOutcomes({
    progress: {
      onClaims: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
    },
    find: () => Promise.resolve(null),
  });

  /** The applier reads what the log has that it does not. */
  async function apply(): Promise<void> {
    const before = copy.applied.length;
    await copy.applyAll(records.batches(500, await copy.inbox.positions(partitions)));
    const claims = copy.applied.slice(before).flatMap((batch) => [...batch.claims]);
    for (const listener of listeners) listener(new Map(claims));
  }

  let sent = new Map<number, number>();

  /** What the relay does. */
  async function send(): Promise<void> {
    const events = await outbox.next(100, sent);
    sent = new Map(events.map(({ partition, seq }) => [partition, seq]));
    for (const event of events) {
      records.append(event.partition, event.token, await signer.sign('event', payloadOf(here, event)));
    }
  }

  async function carry(): Promise<void> {
    await send();
    await apply();
  }

  const eligibility = createEligibility({
    station: { code: here, kind: 'BLOOD' },
    ruleSet,
    standing: { fault: () => world.fault },
    freshness: { current: () => world.fresh },
    knowledge,
    federation,
    logTime,
    clock,
  });
  /** An instance of the station; all share the database. */
  const openInstance = (patience = patienceMs) =>
    createPermits({
      station: { code: here, kind: 'BLOOD' },
      ruleSet,
      check: (asked, token, procedure) => eligibility.check(asked, token, procedure, null),
      knowledge,
      database,
      outbox: {
        // What a test lets happen first has happened first, however slow the machine is.
        withdraw: async (id) => {
          await told;
          return outbox.withdraw(id);
        },
      },
      outcomes,
      logTime,
      directory,
      clock,
      telling: {
        partitions,
        onTold: () => {
          told = world.onTold();
        },
      },
      patienceMs: patience,
    });
  const permits = openInstance();
  return {
    ...{ world, copy, prisma, knowledge, records, eligibility, permits, ruleSet, clock, logTime },
    ...{ openInstance, apply, send, carry, other: createTeller(there, partitions) },
    told: () => copy.rows("SELECT body ->> 'type' AS type, body ->> 'of' AS of FROM outbox ORDER BY id"),
    async [Symbol.asyncDispose]() {
      permits.stop();
      await told;
      await database.stop();
      await copy[Symbol.asyncDispose]();
    },
  };
}

export type Desk = Awaited<ReturnType<typeof createDesk>>;

/** The body of a claim of another station. */
export const claimOf = (ruleSet: Desk['ruleSet'], procedure = 'WHOLE_BLOOD') => ({
  type: 'permit.claimed',
  procedure,
  lifetimeMs: 3_600_000,
  notAfter: logStart + 3_600_000,
  ruleSet: { id: ruleSet.id, hash: ruleSet.hash },
});
