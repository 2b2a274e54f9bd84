/** The records of three stations that watch over each other's. */
import pg from 'pg';
import { request } from 'undici';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { verifyChain } from '#node/adapters/postgres-audit/reading.ts';
import { createPostgresWitness } from '#node/adapters/postgres-witness.ts';
import { checkChain } from '#node/domain/audit-chain.ts';
import { ReceiptClaims } from '#schema/receipt.ts';
import { StationCode } from '#schema/ids.ts';
import { createTestDirectory } from '#test/support/donor-log.ts';
import {
  at,
  codes,
  donor,
  endAll,
  jiangsu,
  query,
  shanghai,
  startFederation,
  untilFresh,
} from '#test/support/federation.ts';

afterEach(endAll);

const own = StationCode.parse(shanghai);

const decision = `query ($donor: DonorRef!) {
  eligibility(donor: $donor, procedure: WHOLE_BLOOD) { ... on Decision { verdict receipt } ... on Refused { code } }
}`;

async function withPool<T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

const headsHeldBy = (holder: string) =>
  withPool(at(holder).databaseUrl, (pool) => createPostgresWitness({ pool }).of(own));

/** Waits until another station holds a head of at least this place. */
async function untilWitnessed(holder: string, seq: number): Promise<void> {
  await vi.waitFor(async () => {
    expect((await headsHeldBy(holder)).at(-1)?.seq ?? 0).toBeGreaterThanOrEqual(seq);
  }, 20_000);
}

async function lastSeq(url: string): Promise<number> {
  const [row] = await query<{ seq: number }>(url, 'SELECT seq::int AS seq FROM audit_head');
  return row?.seq ?? 0;
}

const verified = async (url: string) =>
  withPool(url, async (pool) => verifyChain({ pool, member: own, check: checkChain(own, await headsHeldBy(jiangsu)) }));

describe('a federation', () => {
  test('holds the heads of each record, and every decision has a receipt that names its entry', async () => {
    await startFederation();
    await untilFresh(at(shanghai));
    const { data } = await at(shanghai).ask(decision, { donor: donor('EH2979194') });
    const { receipt, verdict } = data?.['eligibility'] as { receipt: string; verdict: string };
    const verifier = createJoseVerifier({ directory: createTestDirectory([...codes]) });
    const signed = await verifier.verify('receipt', receipt, Date.now());
    if (typeof signed === 'string') throw new Error(signed);
    const claims = ReceiptClaims.parse(JSON.parse(signed.payload));
    expect(claims).toMatchObject({
      kind: 'DECISION',
      iss: shanghai,
      verdict,
      coverage: { complete: true, stations: 3 },
    });
    const { databaseUrl } = at(shanghai);
    const [entry] = await query<{ payload: string; hash: Buffer }>(
      databaseUrl,
      'SELECT payload, hash FROM audit_entry WHERE seq = $1',
      [claims.entry.seq],
    );
    expect(entry?.hash.toString('base64url')).toBe(claims.entry.hash);
    expect(JSON.parse(entry?.payload ?? '')).toMatchObject({ donors: [claims.donor], outcome: [verdict] });
    expect(receipt).not.toContain('EH2979194');

    await untilWitnessed(jiangsu, claims.entry.seq);
    expect(await verified(databaseUrl)).toMatchObject({ bad: null });
  });

  test('finds out a record that was cut off, and the station itself does when it starts again', async () => {
    const federation = await startFederation();
    await untilFresh(at(shanghai));
    await at(shanghai).ask(decision, { donor: donor('EH2979194') });
    const { databaseUrl } = at(shanghai);
    const seq = await lastSeq(databaseUrl);
    await untilWitnessed(jiangsu, seq);
    await at(shanghai).stop();
    // As an old backup would be, with everything that belongs to it.
    await query(
      databaseUrl,
      `SET session_replication_role = replica; DELETE FROM audit_entry WHERE seq > 2; DELETE FROM audit_donor WHERE seq > 2;
       DELETE FROM audit_witness;
       UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_entry WHERE seq = 2)`,
    );
    expect(await verified(databaseUrl)).toMatchObject({ bad: { seq: 3, fault: 'CUT_OFF' } });
    const again = await federation.restart(shanghai, databaseUrl);
    await vi.waitFor(async () => {
      const { body } = await request(new URL('readyz?verbose', again.url));
      expect(await body.text()).toMatch(/record ok: entry \d+ is not what was said of it/);
    }, 20_000);
  });
});
