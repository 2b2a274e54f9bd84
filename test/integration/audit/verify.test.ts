/** Whatever is changed in the tables of the record is found, also by who may do everything in the database. */
import { randomInt } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { verifyChain } from '#node/adapters/postgres-audit/reading.ts';
import { checkChain } from '#node/domain/audit-chain.ts';
import type { AuditReference } from '#schema/audit.ts';
import { createRecord, lookUp, once, shanghai } from './record-under-test.ts';
import type { RecordUnderTest } from './record-under-test.ts';

const verify = (record: RecordUnderTest, heads: readonly AuditReference[] = []) =>
  verifyChain({ pool: record.pool, member: shanghai, check: checkChain(shanghai, heads) });

async function recordOf(entries: number): Promise<RecordUnderTest & { readonly heads: AuditReference[] }> {
  const record = await createRecord();
  const heads: AuditReference[] = [];
  for (let place = 1; place <= entries; place += 1) {
    heads.push(await record.audit.record(lookUp(...(place % 2 === 0 ? ['Li', `donor ${place}`] : []))));
  }
  return { ...record, heads };
}

/** One byte of a value of a column, changed in any of its bits. */
const changes: Readonly<Record<string, (bit: number) => string>> = {
  'audit_entry.payload': (bit) =>
    `UPDATE audit_entry SET payload = convert_from(set_byte(convert_to(payload, 'UTF8'), $2 % octet_length(payload),
       CASE get_byte(convert_to(payload, 'UTF8'), $2 % octet_length(payload)) WHEN 65 THEN 66 ELSE 65 END), 'UTF8')
     WHERE seq = $1 -- ${bit}`,
  'audit_entry.salt': (bit) => flip('audit_entry', 'salt', bit),
  'audit_entry.commitment': (bit) => flip('audit_entry', 'commitment', bit),
  'audit_entry.hash': (bit) => flip('audit_entry', 'hash', bit),
  'audit_entry.seq': (bit) => `UPDATE audit_entry SET seq = (seq # (1 << ${bit + 5})) + 0 * $2::int WHERE seq = $1`,
  'audit_donor.donor': (bit) => flip('audit_donor', 'donor', bit),
  'audit_donor.seq': (bit) => `UPDATE audit_donor SET seq = (seq # (1 << ${bit + 5})) + 0 * $2::int WHERE seq = $1`,
  'audit_head.hash': (bit) => flip('audit_head', 'hash', bit, 'seq >= 0 * $1::bigint'),
  'audit_head.seq': (bit) => `UPDATE audit_head SET seq = (seq # (1 << ${bit})) + 0 * $1::bigint + 0 * $2::int`,
};

const flip = (table: string, column: string, bit: number, where = 'seq = $1'): string =>
  `UPDATE ${table} SET ${column} = set_byte(${column}, $2 % octet_length(${column}),
     get_byte(${column}, $2 % octet_length(${column})) # (1 << ${bit})) WHERE ${where}`;

describe('a record that is verified', () => {
  test('is whole as it was written, by one process or by two, with its heads', async () => {
    await using record = await recordOf(40);
    await Promise.all([record.another().recordOnce(lookUp('Wang'), [once()]), record.audit.record(lookUp('Zhao'))]);
    expect(await verify(record, record.heads)).toEqual({ bad: null, entries: 42, erased: 0 });
  });

  test('is not, after any single byte in any column was changed', async () => {
    await using record = await recordOf(12);
    const missed: string[] = [];
    for (const [column, statementOf] of Object.entries(changes)) {
      for (let time = 0; time < 6; time += 1) {
        const [seq, at, bit] = [2 * randomInt(1, 7), randomInt(0, 200), randomInt(0, 8)];
        const before = await record.rows('SELECT * FROM audit_entry ORDER BY seq');
        const tables = ['audit_entry', 'audit_donor', 'audit_head'];
        await record.tamper(tables.map((table) => `CREATE TABLE kept_${table} AS TABLE ${table}`).join(';'));
        await record.tamper(statementOf(bit), [seq, at]);
        const { bad } = await verify(record);
        if (bad === null) missed.push(`${column} of ${seq}, byte ${at}, bit ${bit}`);
        const restore = (table: string) =>
          `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept_${table}; DROP TABLE kept_${table}`;
        await record.tamper(tables.map(restore).join(';'));
        expect(await record.rows('SELECT * FROM audit_entry ORDER BY seq')).toEqual(before);
      }
    }
    expect(missed).toEqual([]);
    expect((await verify(record)).bad).toBeNull();
  });

  test('names the entry that was taken out, and finds an index that leaves a look-up out or makes one up', async () => {
    await using record = await recordOf(6);
    await record.tamper('DELETE FROM audit_donor WHERE seq = 4');
    expect((await verify(record)).bad).toEqual({ seq: 4, fault: 'DONORS_CHANGED' });
    await using other = await recordOf(6);
    await other.tamper(`INSERT INTO audit_donor SELECT donor, 99 FROM audit_donor LIMIT 1`);
    expect((await verify(other)).bad).toEqual({ seq: 99, fault: 'DONORS_CHANGED' });
    await using third = await recordOf(6);
    await third.tamper('DELETE FROM audit_entry WHERE seq = 3');
    expect((await verify(third)).bad).toEqual({ seq: 3, fault: 'ENTRY_MISSING' });
  });

  test('that was cut off at its end with everything that says so is found by the heads of others, and so is an old backup', async () => {
    await using record = await recordOf(6);
    await record.tamper('DELETE FROM audit_entry WHERE seq > 4');
    await record.tamper('DELETE FROM audit_donor WHERE seq > 4');
    await record.tamper('UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_entry WHERE seq = 4)');
    expect((await verify(record)).bad).toBeNull();
    expect((await verify(record, record.heads)).bad).toEqual({ seq: 5, fault: 'CUT_OFF' });
    // It goes on from there, and is longer than it was.
    const again = record.another();
    for (let time = 0; time < 5; time += 1) await again.record(lookUp('Sun'));
    expect((await verify(record, record.heads)).bad).toEqual({ seq: 5, fault: 'CONTRADICTS_HEAD' });
  });

  test('holds when a payload was erased with its salt and its donors, and counts it', async () => {
    await using record = await recordOf(6);
    await record.pool.query('UPDATE audit_entry SET payload = NULL, salt = NULL WHERE seq = 4');
    await record.pool.query('DELETE FROM audit_donor WHERE seq = 4');
    expect(await verify(record, record.heads)).toEqual({ bad: null, entries: 6, erased: 1 });
  });
});
