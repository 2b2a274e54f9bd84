import { describe, expect, test } from 'vitest';

import { createDatabase } from '#node/db/client.ts';
import { createRecord, lookUp, once } from './record-under-test.ts';

const seqsOf = (references: readonly unknown[]): number[] =>
  references.map((reference) => (reference as { seq: number }).seq).toSorted((one, other) => one - other);

const upTo = (last: number): number[] => Array.from({ length: last }, (_, place) => place + 1);

describe('the record of a station', () => {
  test('gives each entry the next place, and those that come together share a transaction', async () => {
    await using record = await createRecord();
    const first = await record.audit.record(lookUp('Li'));
    const others = await Promise.all(upTo(40).map((name) => record.audit.record(lookUp(`donor ${name}`))));
    expect(seqsOf([first, ...others])).toEqual(upTo(41));
    const transactions = await record.rows<{ count: number }>(
      'SELECT count(DISTINCT xmin::text)::int AS count FROM audit_entry',
    );
    expect(transactions).toEqual([{ count: 2 }]);
    expect(await record.audit.head()).toEqual(others.at(-1));
  });

  test('names the donors of an entry, each once, for whoever asks who looked them up', async () => {
    await using record = await createRecord();
    await record.audit.record(lookUp('Li', 'Wang', 'Li'));
    await record.audit.record(lookUp('Li'));
    const found = await record.rows('SELECT seq::int, count(*)::int FROM audit_donor GROUP BY seq ORDER BY seq');
    expect(found).toEqual([
      { seq: 1, count: 2 },
      { seq: 2, count: 1 },
    ]);
  });

  test('is one chain for all instances of a station', async () => {
    await using record = await createRecord();
    const other = record.another();
    const written = await Promise.all(
      upTo(50).map((place) => (place % 2 === 0 ? record.audit : other).record(lookUp('Li'))),
    );
    expect(seqsOf(written)).toEqual(upTo(50));
  });

  test('is written in the transaction of what it is about, and goes with it', async () => {
    await using record = await createRecord();
    const database = createDatabase(record.url, { poolSize: 2 });
    const write = (isKept: boolean) =>
      database.prisma.$transaction(async (transaction) => {
        await record.audit.recordIn(
          async (text, values) => transaction.$queryRawUnsafe<object[]>(text, ...values),
          lookUp('Li'),
        );
        if (!isKept) throw new Error('changed my mind');
      });
    await record.audit.record(lookUp('Wang'));
    await write(true);
    await expect(write(false)).rejects.toThrow('changed my mind');
    const after = await record.audit.record(lookUp('Zhao'));
    await database.stop();
    expect(after.seq).toBe(3);
  });

  test('takes an id once, whoever brings it: again, at once, twice in one, or at another instance', async () => {
    await using record = await createRecord();
    const [other, id] = [record.another(), once()];
    const both = await Promise.all([
      ...upTo(5).map(() => record.audit.recordOnce(lookUp('Li'), [once(), id])),
      ...upTo(5).map(() => other.recordOnce(lookUp('Li'), [id])),
      ...upTo(5).map(() => record.audit.record(lookUp('Wang'))),
    ]);
    expect(both.filter((answer) => answer === 'SEEN_BEFORE')).toHaveLength(9);
    expect(seqsOf(both.filter((answer) => answer !== 'SEEN_BEFORE'))).toEqual(upTo(6));
    const doubled = once();
    expect(await record.audit.recordOnce(lookUp('Li'), [doubled, doubled])).toBe('SEEN_BEFORE');
    const upper = { ...id, id: id.id.toUpperCase() };
    expect(await record.audit.recordOnce(lookUp('Li'), [upper])).toBe('SEEN_BEFORE');
    expect(await record.rows('SELECT FROM audit_entry')).toHaveLength(6);
  });

  test('says that the database is not there, and goes on when it is again', async () => {
    await using record = await createRecord();
    await record.audit.record(lookUp('Li'));
    await record.pool.query('ALTER TABLE audit_head RENAME TO elsewhere');
    await expect(record.audit.record(lookUp('Li'))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(record.audit.head()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await record.pool.query('ALTER TABLE elsewhere RENAME TO audit_head');
    expect((await record.audit.record(lookUp('Li'))).seq).toBe(2);
  });

  test('lets only so many wait while the database is slow, and tells the others at once', async () => {
    await using record = await createRecord();
    await record.audit.record(lookUp('Li'));
    const slow = await record.pool.connect();
    await slow.query('BEGIN; SELECT FROM audit_head FOR UPDATE');
    const asked = Array.from({ length: 6_000 }, () => record.audit.record(lookUp('Li')));
    const turnedAway = await Promise.race([Promise.allSettled(asked.slice(5_000)), Promise.any(asked)]);
    expect(turnedAway).toEqual(
      Array.from({ length: 1_000 }, () => ({
        status: 'rejected',
        reason: expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' }) as unknown,
      })),
    );
    await slow.query('COMMIT');
    slow.release();
    expect(seqsOf(await Promise.all(asked.slice(0, 5_000)))).toEqual(upTo(5_001).slice(1));
  });

  test('gives up a database that stands still, and is whole when it moves again', async () => {
    await using record = await createRecord();
    const audit = record.impatient(300);
    await audit.record(lookUp('Li'));
    const [backend] = await record.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    process.kill(backend?.pid ?? 0, 'SIGSTOP');
    try {
      await expect(audit.record(lookUp('Wang'))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect((await audit.record(lookUp('Zhao'))).seq).toBe(2);
    } finally {
      process.kill(backend?.pid ?? 0, 'SIGCONT');
    }
    expect((await record.another().record(lookUp('Sun'))).seq).toBe(3);
  });

  test('fails whoever brings what cannot be written down, and nobody who comes with them', async () => {
    await using record = await createRecord();
    const half = { ...lookUp('Li'), field: '\ud800' };
    const [broken, good] = await Promise.allSettled([record.audit.record(half), record.audit.record(lookUp('Wang'))]);
    expect(broken.status).toBe('rejected');
    expect(good).toMatchObject({ status: 'fulfilled', value: { seq: 1 } });
    await expect(record.audit.recordOnce(half, [once()])).rejects.toThrow();
  });

  test('cannot be changed or shortened by its owner, only a payload erased', async () => {
    await using record = await createRecord();
    await record.audit.record(lookUp('Li'));
    for (const statement of [
      `UPDATE audit_entry SET payload = '{}'`,
      'UPDATE audit_entry SET payload = NULL, salt = NULL, seq = 7',
      'DELETE FROM audit_entry',
      'TRUNCATE audit_entry',
    ]) {
      await expect(record.pool.query(statement)).rejects.toThrow(/stays as it is/);
    }
    await record.pool.query('UPDATE audit_entry SET payload = NULL, salt = NULL');
    expect(await record.rows('SELECT payload FROM audit_entry')).toEqual([{ payload: null }]);
  });

  test('counts those who are turned away: one entry at once, and one for all that came after', async () => {
    await using record = await createRecord();
    for (let time = 0; time < 100; time += 1) {
      record.audit.turnedAway({ caller: null, field: 'Query.eligibility', code: 'UNAUTHENTICATED' });
    }
    record.audit.turnedAway({ caller: null, field: 'Query.holding', code: 'FORBIDDEN' });
    await record.audit.stop();
    const entries = await record.rows<{ payload: string }>('SELECT payload FROM audit_entry ORDER BY seq');
    const said = entries.map(({ payload }) => JSON.parse(payload) as { code: string; times: number });
    expect(said.map(({ code, times }) => [code, times])).toEqual([
      ['UNAUTHENTICATED', 1],
      ['FORBIDDEN', 1],
      ['UNAUTHENTICATED', 99],
    ]);
  });
});
