/** Two stations that deny what they asked and answered: each record proves the other's part, with the directory alone (F7, I3). */
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { findWhole } from '#node/adapters/postgres-audit/reading.ts';
import { commitmentOf, linkAfter, textOfPayload } from '#node/domain/audit-chain.ts';
import { AuditPayload, digestOfDonor } from '#schema/audit.ts';
import { DonorToken, StationCode } from '#schema/ids.ts';
import { evidenceOf, proveEvidence } from '#scripts/lookout/audit/evidence.ts';
import type { Evidence } from '#scripts/lookout/audit/evidence.ts';
import { createTestDirectory } from '#test/support/donor-log.ts';
import {
  at,
  codes,
  eligibility,
  endAll,
  jiangsu,
  query,
  record,
  shanghai,
  startFederation,
} from '#test/support/federation.ts';

const number = 'EH2979194';
const directory = createTestDirectory([...codes]).current();

/** The last entry of a kind in a station's record, as its owner takes it out. */
async function evidenceAt(code: string, kind: string): Promise<Evidence> {
  const pool = new pg.Pool({ connectionString: at(code).databaseUrl, max: 1 });
  try {
    const last = `SELECT max(seq)::int AS seq FROM audit_entry WHERE payload::json ->> 'kind' = $1 AND payload::json ->> 'signed' <> ''`;
    const { rows } = await pool.query<{ seq: number }>(last, [kind]);
    const entry = await findWhole(pool, rows[0]?.seq ?? 0);
    const evidence = entry === undefined ? null : evidenceOf(StationCode.parse(code), entry);
    if (evidence === null) throw new Error(`no such entry at ${code}`);
    return evidence;
  } finally {
    await pool.end();
  }
}

const payloadOf = ({ payload }: Evidence): AuditPayload => AuditPayload.parse(JSON.parse(payload));

/** The same entry saying something else, with every hash made again: what the owner of a record can make up. */
function forged(evidence: Evidence, change: (payload: AuditPayload) => object): Evidence {
  const payload = payloadOf(evidence);
  const text = textOfPayload({ ...payload, ...change(payload) });
  const commitment = commitmentOf(Buffer.from(evidence.salt, 'base64url'), text);
  const { hash } = linkAfter({ seq: evidence.seq - 1, hash: Buffer.from(evidence.before, 'base64url') }, commitment);
  const names = { commitment: commitment.toString('base64url'), hash: hash.toString('base64url') };
  return { ...evidence, payload: text, ...names } as Evidence;
}

beforeEach(async () => {
  // Copies that are never fresh, so that the others are asked.
  await startFederation({ heartbeatMs: 60_000, freshMs: 500 });
  await record(at(jiangsu), number, 'D1');
  await vi.waitFor(async () => {
    const { coverage } = await eligibility(at(shanghai), number);
    expect(coverage.stations.find(({ station }) => station === jiangsu)).toMatchObject({ state: 'LIVE' });
  }, 20_000);
});
afterEach(endAll);

describe('what two stations said to each other', () => {
  test('is proved by either record to whoever has the directory, and both hold the same', async () => {
    const [asked, answered] = await Promise.all([evidenceAt(shanghai, 'ASKED'), evidenceAt(jiangsu, 'ANSWERED')]);
    const [asker, provider] = await Promise.all([asked, answered].map((each) => proveEvidence(each, directory)));
    // The one who was asked proves the question; the one who asked, both answers.
    const [row] = await query<{ token: Buffer }>(at(jiangsu).databaseUrl, 'SELECT token FROM donation');
    const donors = [digestOfDonor(DonorToken.parse(row?.token.toString('base64url')))];
    expect(provider?.words).toMatchObject([{ by: shanghai, says: { role: 'DESK', donors: donors[0] } }]);
    expect(asker?.words.map(({ by }) => by)).toEqual([shanghai, ...codes.filter((code) => code !== shanghai)]);
    const [one, other] = [asked, answered].map(payloadOf);
    if (one?.kind !== 'ASKED' || other?.kind !== 'ANSWERED') throw new Error('other entries');
    expect(one.donors).toEqual(donors);
    expect(other.donors).toEqual(donors);
    expect(one.request).toBe(other.request);
    expect(one.answers.find(({ station }) => station === jiangsu)?.answer).toBe(other.answer);
  });

  test('cannot be made up by the one who shows it', async () => {
    const [asked, answered] = await Promise.all([evidenceAt(shanghai, 'ASKED'), evidenceAt(jiangsu, 'ANSWERED')]);
    const other = digestOfDonor(DonorToken.parse('A'.repeat(43)));
    const lies: Record<string, Evidence> = {
      'another donor': forged(answered, () => ({ donors: [other] })),
      'another purpose': forged(answered, (payload) => ({
        caller: { ...('caller' in payload ? payload.caller : {}), purpose: 'CARE' },
      })),
      'another request': forged(answered, () => ({ signed: 'e30.e30.c2ln' })),
      'no request': forged(answered, () => ({ signed: null })),
      'another answer': forged(asked, (payload) => ({
        answers: payload.kind === 'ASKED' ? payload.answers.map((each) => ({ ...each, answer: other })) : [],
      })),
      'an answer of somebody else': forged(asked, (payload) => ({
        answers: payload.kind === 'ASKED' ? payload.answers.map((each) => ({ ...each, station: shanghai })) : [],
      })),
      'a byte of it': { ...asked, payload: asked.payload.replace('LIVE', 'live').replace('DESK', 'DOSK') },
      'another place': { ...asked, seq: asked.seq + 1 },
    };
    for (const [name, lie] of Object.entries(lies)) {
      await expect(proveEvidence(lie, directory), name).rejects.toMatchObject({ name: 'NotEvidence' });
    }
    const strangers = createTestDirectory(['350198B01']).current();
    await expect(proveEvidence(answered, strangers)).rejects.toMatchObject({ name: 'NotEvidence' });
  });
});
