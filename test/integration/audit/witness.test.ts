import { describe, expect, test } from 'vitest';

import { createPostgresWitness, headOf } from '#node/adapters/postgres-witness.ts';
import type { AuditHead } from '#schema/audit.ts';
import { digestOf } from '#schema/digest.ts';
import { StationCode } from '#schema/ids.ts';
import { createRecord } from './record-under-test.ts';

const jiangsu = StationCode.parse('320198B01');
const start = Date.parse('2026-11-21T04:00:00Z');

/** A head of another member, said so many minutes after the start. */
function head(seq: number, minute: number, chain = 'one') {
  const payload: AuditHead = {
    origin: jiangsu,
    seq,
    hash: digestOf(`${chain} ${seq}`),
    at: new Date(start + minute * 60_000).toISOString(),
  };
  const jws = `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`;
  return { ...headOf(jws), appendedAt: start + minute * 60_000 };
}

describe('a witness', () => {
  test('keeps the newest head and one an hour', async () => {
    await using record = await createRecord();
    const witness = createPostgresWitness({ pool: record.pool });
    for (let minute = 0; minute <= 150; minute += 10) await witness.keep([head(minute + 1, minute)]);
    expect((await witness.of(jiangsu)).map(({ seq }) => seq)).toEqual([1, 61, 121, 151]);
    expect(await record.rows('SELECT FROM audit_proof')).toEqual([]);
  });

  test('never goes back, whoever is first: N and N + K at once', async () => {
    await using record = await createRecord();
    const [one, other] = [1, 2].map(() => createPostgresWitness({ pool: record.pool }));
    await Promise.all([one?.keep([head(9, 1)]), other?.keep([head(5, 1)])]);
    await one?.keep([head(7, 1)]);
    expect((await one?.of(jiangsu))?.at(-1)?.seq).toBe(9);
    expect(await record.rows('SELECT FROM audit_proof')).toEqual([]);
  });

  test('has proof when a member shows two histories of one length, also when two instances hear one each', async () => {
    await using record = await createRecord();
    const [one, other] = [1, 2].map(() => createPostgresWitness({ pool: record.pool }));
    const [good, bad] = [head(5, 0), head(5, 0, 'another')];
    const found = await Promise.all([one?.keep([good]), other?.keep([bad])]);
    const proofs = await record.rows<{ one: string; other: string }>('SELECT one, other FROM audit_proof');
    expect(found.flat().length).toBeGreaterThan(0);
    expect(new Set(proofs.flatMap((proof) => [proof.one, proof.other]))).toEqual(new Set([good.jws, bad.jws]));
    expect(await one?.keep([bad])).toEqual([]);
  });

  test('has proof when a member says a shorter history later, as from an old backup', async () => {
    await using record = await createRecord();
    const witness = createPostgresWitness({ pool: record.pool });
    await witness.keep([head(50, 0)]);
    expect(await witness.keep([head(49, 0)])).toEqual([]);
    expect(await witness.keep([head(20, 10)])).toMatchObject([{ origin: jiangsu }]);
    expect((await witness.of(jiangsu)).at(-1)?.seq).toBe(50);
  });
});
