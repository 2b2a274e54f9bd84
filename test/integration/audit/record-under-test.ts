/** A station's record on a database of its own, with a clock that stands still. */
import { randomUUID } from 'node:crypto';

import pg from 'pg';

import { createPostgresAudit } from '#node/adapters/postgres-audit.ts';
import { callerOf } from '#node/adapters/postgres-audit/caller-of.ts';
import type { AuditPort } from '#node/audit-port.ts';
import { digestOfDonor } from '#schema/audit.ts';
import type { AuditPayload } from '#schema/audit.ts';
import { Pseudonym } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { StationCode } from '#schema/ids.ts';
import { donorNamed } from '#test/support/donor-log.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import { testClock } from '#test/support/station.ts';

export const shanghai = StationCode.parse('310198B01');

export const desk: Caller = {
  from: 'OWN',
  member: shanghai,
  role: 'DESK',
  subject: Pseudonym.parse('desk-1'),
  purpose: 'DONATION',
  case: null,
  rights: [],
};

const caller = callerOf(desk);

/** A look-up of donors by name. */
export const lookUp = (...names: string[]): AuditPayload => ({
  kind: 'ANSWERED',
  at: testClock.now().toISOString(),
  caller,
  field: 'Query.eligibility',
  donors: names.map((name) => digestOfDonor(donorNamed(name))),
  outcome: names.map(() => 'ELIGIBLE'),
  request: null,
  answer: null,
  signed: null,
});

/** An id that counts once. */
export const once = (id: string = randomUUID()) => ({ id, until: new Date('2027-01-01T00:00:00Z') });

export interface RecordUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly audit: AuditPort;
  /** The same, giving a statement up after so many milliseconds. */
  impatient(patienceMs: number): AuditPort;
  /** Another instance of the same station. */
  another(): AuditPort;
  rows<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Does what the owner of the database server can do: the triggers do not run. */
  tamper(text: string, values?: unknown[]): Promise<void>;
}

export async function createRecord(): Promise<RecordUnderTest> {
  const database = await createTestDatabase();
  const pools: pg.Pool[] = [];
  const pool = () => {
    const made = new pg.Pool({ connectionString: database.url, max: 4 });
    made.on('error', () => undefined);
    pools.push(made);
    return made;
  };
  const log = { error: () => undefined };
  const audit = (of: pg.Pool, options: { readonly patienceMs?: number } = {}) =>
    createPostgresAudit({ pool: of, member: shanghai, clock: testClock, log, ...options });
  const own = pool();
  return {
    url: database.url,
    pool: own,
    audit: audit(own),
    impatient: (patienceMs) => audit(own, { patienceMs }),
    another: () => audit(pool()),
    rows: async <Row extends object>(text: string, values: unknown[] = []) => (await own.query<Row>(text, values)).rows,
    async tamper(text, values = []) {
      const client = await own.connect();
      await client.query('SET session_replication_role = replica');
      await (values.length === 0 ? client.query(text) : client.query(text, values));
      client.release(true);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pools.map((each) => each.end()));
      await database[Symbol.asyncDispose]();
    },
  };
}
