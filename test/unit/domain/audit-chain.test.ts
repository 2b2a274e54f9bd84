import { hash, randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { append, checkChain, commitmentOf, genesisOf, referenceTo, textOfPayload } from '#node/domain/audit-chain.ts';
import type { ChainHead, FoundEntry } from '#node/domain/audit-chain.ts';
import { digestOfDonor } from '#schema/audit.ts';
import type { AuditPayload, AuditReference } from '#schema/audit.ts';
import { jiangsu, shanghai } from '#test/support/facts.ts';
import { donorNamed } from '#test/support/donor-log.ts';

const donor = digestOfDonor(donorNamed('Li'));

const payload = (place: number): AuditPayload => ({
  kind: 'ANSWERED',
  at: '2026-11-21T04:00:00.000Z',
  caller: null as never,
  field: `Query.field${place}`,
  donors: place % 2 === 0 ? [donor] : [],
  outcome: [],
  request: null,
  answer: null,
  signed: null,
});

/** A chain of so many entries, as it would be found. */
function chainOf(length: number): { entries: FoundEntry[]; head: ChainHead } {
  const salts = Array.from({ length }, () => randomBytes(16));
  const texts = salts.map((_, place) => textOfPayload(payload(place + 1)));
  const links = append(
    genesisOf(shanghai),
    texts.map((text, place) => commitmentOf(salts[place] as Buffer, text)),
  );
  const named = Buffer.from(donor, 'base64url').toString('hex');
  const entries = links.map((link, place) => ({
    ...link,
    payload: texts[place] ?? null,
    salt: salts[place] ?? null,
    donors: link.seq % 2 === 0 ? [named] : [],
  }));
  return { entries, head: links.at(-1) as ChainHead };
}

function check(entries: readonly FoundEntry[], head: ChainHead, heads: readonly AuditReference[] = []) {
  const checking = checkChain(shanghai, heads);
  for (const entry of entries) {
    const bad = checking.next(entry);
    if (bad !== null) return bad;
  }
  return checking.end(head) ?? checking.counts();
}

const changed = (entries: readonly FoundEntry[], seq: number, change: Partial<FoundEntry>): FoundEntry[] =>
  entries.map((entry) => (entry.seq === seq ? { ...entry, ...change } : entry));

describe('a chain of entries', () => {
  const { entries, head } = chainOf(6);
  const third = entries[2] as FoundEntry;
  const heads = [entries[1], entries[4]].map((entry) => referenceTo(entry as ChainHead));

  test('is whole as it was written, also with its heads', () => {
    expect(check(entries, head, heads)).toEqual({ entries: 6, erased: 0 });
    expect(check([], genesisOf(shanghai))).toEqual({ entries: 0, erased: 0 });
  });

  test('begins with its member', () => {
    const [first] = append(genesisOf(jiangsu), [third.commitment]);
    expect(first?.hash.equals(append(genesisOf(shanghai), [third.commitment])[0]?.hash as Buffer)).toBe(false);
  });

  test('hashes what its description says', () => {
    const genesis = hash('sha256', `donor-lookout audit chain 1\n${shanghai}`, 'buffer');
    const commitment = hash(
      'sha256',
      Buffer.concat([third.salt as Buffer, Buffer.from(third.payload ?? '')]),
      'buffer',
    );
    const place = Buffer.from('0000000000000001', 'hex');
    const text = Buffer.concat([Buffer.from('donor-lookout audit entry 1\n'), place, genesis, commitment]);
    expect(append(genesisOf(shanghai), [commitment])[0]?.hash).toEqual(hash('sha256', text, 'buffer'));
  });

  test('holds without a payload that was erased, whose donors are named no more', () => {
    const erased = changed(entries, 2, { payload: null, salt: null, donors: [] });
    expect(check(erased, head, heads)).toEqual({ entries: 6, erased: 1 });
    const named = changed(entries, 2, { payload: null, salt: null });
    expect(check(named, head)).toEqual({ seq: 2, fault: 'DONORS_CHANGED' });
  });

  test.each([
    ['PAYLOAD_CHANGED', { payload: textOfPayload(payload(4)) }],
    ['PAYLOAD_CHANGED', { salt: randomBytes(16) }],
    ['PAYLOAD_CHANGED', { salt: null }],
    ['PAYLOAD_CHANGED', { payload: null }],
    ['PAYLOAD_CHANGED', { commitment: randomBytes(32) }],
    ['HASH_CHANGED', { hash: randomBytes(32) }],
    ['DONORS_CHANGED', { donors: ['00'.repeat(32)] }],
  ] as const)('says %s and where', (fault, change) => {
    expect(check(changed(entries, 3, change), head)).toEqual({ seq: 3, fault });
  });

  test('does not take bytes that changed sides between salt and payload', () => {
    const salt = Buffer.concat([third.salt as Buffer, Buffer.from('{')]);
    const moved = changed(entries, 3, { salt, payload: third.payload?.slice(1) ?? null });
    expect(check(moved, head)).toEqual({ seq: 3, fault: 'PAYLOAD_CHANGED' });
  });

  test('says which entry is missing, in the middle, at the start, or put elsewhere', () => {
    expect(
      check(
        entries.filter(({ seq }) => seq !== 3),
        head,
      ),
    ).toEqual({ seq: 3, fault: 'ENTRY_MISSING' });
    expect(check(entries.slice(1), head)).toEqual({ seq: 1, fault: 'ENTRY_MISSING' });
    const elsewhere = [...entries.filter(({ seq }) => seq !== 3), { ...third, seq: 7 }];
    expect(check(elsewhere, head)).toEqual({ seq: 3, fault: 'ENTRY_MISSING' });
  });

  test('that was cut off is not what its own head says, and not what others hold when that was changed too', () => {
    const left = entries.slice(0, 4);
    expect(check(left, head)).toEqual({ seq: 5, fault: 'HEAD_CHANGED' });
    expect(check(left, left[3] as ChainHead, heads)).toEqual({ seq: 5, fault: 'CUT_OFF' });
    expect(check(entries, entries[4] as ChainHead)).toEqual({ seq: 6, fault: 'HEAD_CHANGED' });
  });

  test('that was written anew is whole in itself, and contradicts what others hold', () => {
    const anew = chainOf(6);
    expect(check(anew.entries, anew.head)).toEqual({ entries: 6, erased: 0 });
    expect(check(anew.entries, anew.head, heads)).toEqual({ seq: 2, fault: 'CONTRADICTS_HEAD' });
  });

  test('cannot be right for two heads of one place that differ', () => {
    const other = referenceTo({ seq: 5, hash: randomBytes(32) });
    expect(check(entries, head, [...heads, other])).toEqual({ seq: 5, fault: 'CONTRADICTS_HEAD' });
  });
});
