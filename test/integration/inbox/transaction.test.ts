/** A transaction on the copy whose statements are not waited for one by one: all or nothing all the same. */
import { once } from 'node:events';

import { Client } from 'pg';
import type { DatabaseError } from 'pg';
import { expect, test } from 'vitest';

import type { InboxPort, PlacedEvent } from '#node/ports.ts';
import { CivilDate } from '#schema/calendar.ts';
import { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import { claimOf } from '#test/integration/permits/desk-under-test.ts';
import { createRecords, createTeller, createTestDirectory, donorNamed } from '#test/support/donor-log.ts';
import { ruleSetNamed } from '#test/support/facts.ts';

import { createCopy, partitions } from './copy-under-test.ts';

const code = '330198B01';
const origin = StationCode.parse(code);
const openCopy = () => createCopy({ code, directory: createTestDirectory([code]) });

const heard = { upTo: 1, highest: 1, forkedAt: null };
/** The database refuses it: complete beyond the highest that was heard. */
const impossible = new Map([[origin, { ...heard, upTo: 2 }]]);
const refused = expect.objectContaining({ code: '23514' }) as DatabaseError;

test('a write that fails undoes what was written before and after it, and says why', async () => {
  await using copy = await openCopy();
  const failing = copy.inbox.transact(0, [origin], (transaction) => {
    transaction.moveOn(new Map([[origin, heard]]), 3);
    transaction.moveOn(impossible, 5);
    transaction.moveOn(new Map([[origin, heard]]), 7);
    return Promise.resolve();
  });
  await expect(failing).rejects.toEqual(refused);
  expect(await copy.inbox.positions(1)).toEqual([0]);
  expect(await copy.inbox.progress()).toEqual([]);
});

test('what is read after a write that failed fails with the reason of the write', async () => {
  await using copy = await openCopy();
  const failing = copy.inbox.transact(0, [origin], async (transaction) => {
    transaction.moveOn(impossible, 5);
    await transaction.seqsBeyond(origin, 0);
  });
  await expect(failing).rejects.toEqual(refused);
});

test('one number twice in one statement is a mistake of ours and no outage', async () => {
  await using copy = await openCopy();
  const event: PlacedEvent = {
    event: {
      id: EventId.parse('01a2010b-0000-7000-8000-000000000000'),
      ...{ origin, partition: 0, seq: 1, at: '2026-01-01T00:00:00.000Z' },
      token: DonorToken.parse('A'.repeat(43)),
      body: { type: 'bar.set', since: CivilDate.parse('2026-01-01') },
    },
    ...{ offset: 0, appendedAt: 1_800_000_000_000, digest: 'A'.repeat(22), raw: null },
  };
  const twice = (events: readonly PlacedEvent[]) =>
    copy.inbox.transact(0, [origin], async (transaction) => {
      await transaction.knownOf([{ origin, seq: 1 }]);
      transaction.add(events);
    });
  await twice([event]);
  await expect(twice([event, event])).rejects.toMatchObject({ code: '21000' });
});

test('the connection of a transaction that failed serves the next', async () => {
  await using copy = await openCopy();
  for (let turn = 1; turn <= 5; turn += 1) {
    const failing = copy.inbox.transact(0, [origin], (transaction) => {
      transaction.moveOn(impossible, 5);
      return Promise.resolve();
    });
    await expect(failing).rejects.toEqual(refused);
    await copy.inbox.transact(0, [origin], (transaction) => {
      expect(transaction.position).toBe(turn - 1);
      transaction.moveOn(new Map([[origin, heard]]), turn);
      return Promise.resolve();
    });
  }
  expect(await copy.inbox.progress()).toEqual([{ origin, partition: 0, heard }]);
});

test('an own claim is told when it can be read, and what is heard when the disk has it', async () => {
  const directory = createTestDirectory([code]);
  const order: string[] = [];
  let written = '';
  const around = (inbox: InboxPort): InboxPort => ({
    ...inbox,
    transact: (partition, origins, work, onVisible) =>
      inbox.transact(
        partition,
        origins,
        async (transaction) => {
          const answer = await work(transaction);
          await transaction.knownOf([]);
          written = await lsn('insert');
          return answer;
        },
        (answer) => {
          onVisible?.(answer);
          order.push('visible');
        },
      ),
  });
  await using copy = await createCopy({ code, directory, around, onClaims: () => order.push('claims') });
  const lsn = async (kind: 'insert' | 'flush') =>
    String((await copy.rows(`SELECT pg_current_wal_${kind}_lsn()::text AS lsn`))[0]?.['lsn']);
  const listener = new Client({ connectionString: copy.url });
  await listener.connect();
  await listener.query('LISTEN lookout_applied');
  const told = once(listener, 'notification').then(() => order.push('told'));

  const records = createRecords(partitions);
  records.tell(await createTeller(code, partitions).say(donorNamed('a'), claimOf(ruleSetNamed('CN-2012'))));
  await copy.applyAll(records.batches());
  const [{ isKept } = {}] = await copy.rows('SELECT $1::pg_lsn <= $2::pg_lsn AS "isKept"', [
    written,
    await lsn('flush'),
  ]);
  expect(isKept).toBe(true);
  await told;
  await listener.end();
  expect(order).toEqual(['claims', 'visible', 'told']);
  expect(copy.applied.map(({ claims }) => [...claims.values()].map(({ outcome }) => outcome))).toEqual([['GRANTED']]);
  expect(await copy.rows('SELECT claim::text FROM event')).toEqual([{ claim: 'GRANTED' }]);
});

test('who waited for the partition sees what the one before has heard', async () => {
  await using copy = await openCopy();
  const next = (until: Promise<unknown> = Promise.resolve()) =>
    copy.inbox.transact(0, [origin], async (transaction) => {
      await until;
      const { highest } = transaction.heard.get(origin) ?? { highest: 0 };
      expect(transaction.position).toBe(highest);
      transaction.moveOn(new Map([[origin, { upTo: highest + 1, highest: highest + 1, forkedAt: null }]]), highest + 1);
    });
  await next();
  const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  const isWaitedFor = Promise.withResolvers<null>();
  const first = next(isWaitedFor.promise);
  const second = next();
  while ((await copy.rows(waiting)).length === 0);
  isWaitedFor.resolve(null);
  await Promise.all([first, second]);
  expect(await copy.inbox.positions(1)).toEqual([3]);
});
