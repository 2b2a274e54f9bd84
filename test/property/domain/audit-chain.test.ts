/** Whatever single byte of a record is changed, wherever it is kept, it is found, and the entry it belongs to is named. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { append, checkChain, commitmentOf, genesisOf, referenceTo, textOfPayload } from '#node/domain/audit-chain.ts';
import type { BadEntry, ChainHead, FoundEntry } from '#node/domain/audit-chain.ts';
import { digestOfDonor } from '#schema/audit.ts';
import type { AuditPayload, AuditReference } from '#schema/audit.ts';
import { donorNamed } from '#test/support/donor-log.ts';
import { shanghai } from '#test/support/facts.ts';

const at = '2026-11-21T04:00:00.000Z';
const donors = fc.uniqueArray(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f').map((name) => digestOfDonor(donorNamed(name))),
  {
    maxLength: 4,
  },
);
const payload: fc.Arbitrary<AuditPayload> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('CHANGED' as const), at: fc.constant(at), donors },
    caller: fc.constant({
      ...({ from: 'OWN', member: shanghai, role: 'DESK', purpose: 'DONATION', case: null } as const),
      subject: 'desk-1' as never,
    }),
    field: fc.constantFrom('Mutation.recordDonation', 'Mutation.reportLookout'),
    record: fc.option(fc.string({ unit: 'grapheme', maxLength: 12 })),
    outcome: fc.constantFrom('RECORDED', 'CONFLICT'),
  }),
  fc.record({
    ...{
      kind: fc.constant('REFUSED' as const),
      at: fc.constant(at),
      caller: fc.constant(null),
      field: fc.constant(null),
    },
    ...{ code: fc.constantFrom('UNAUTHENTICATED', 'FORBIDDEN'), times: fc.integer({ min: 1, max: 1_000 }) },
  }),
);
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 });
const written = fc.array(fc.record({ payload, salt, isErased: fc.boolean() }), { minLength: 1, maxLength: 12 });

interface Stored {
  readonly entries: FoundEntry[];
  readonly head: ChainHead;
}

const hexOf = (donor: string): string => Buffer.from(donor, 'base64url').toString('hex');

/** A chain as the tables hold it: some payloads erased with their salt and their donors in the index. */
function store(drafts: readonly { payload: AuditPayload; salt: Uint8Array; isErased: boolean }[]): Stored {
  const texts = drafts.map((draft) => textOfPayload(draft.payload));
  const links = append(
    genesisOf(shanghai),
    drafts.map((draft, place) => commitmentOf(draft.salt, texts[place] ?? '')),
  );
  const entries = drafts.map(({ payload: said, salt: drawn, isErased }, place): FoundEntry => {
    const link = links[place] as FoundEntry;
    if (isErased) return { ...link, payload: null, salt: null, donors: [] };
    const named = 'donors' in said ? said.donors.map(hexOf).toSorted() : [];
    return { ...link, payload: texts[place] ?? null, salt: Buffer.from(drawn), donors: named };
  });
  return { entries, head: links.at(-1) as ChainHead };
}

function check({ entries, head }: Stored, heads: readonly AuditReference[]): BadEntry | null {
  const checking = checkChain(shanghai, heads);
  for (const entry of entries) {
    const bad = checking.next(entry);
    if (bad !== null) return bad;
  }
  return checking.end(head);
}

/** One byte of some bytes, made another one. */
function flipped(bytes: Buffer, position: number, by: number): Buffer {
  const changed = Buffer.from(bytes);
  const place = position % changed.length;
  changed[place] = (changed[place] ?? 0) ^ by;
  return changed;
}

/** What is kept of an entry in which a byte can be changed; null where it keeps nothing of the kind. */
const columns: Record<string, (entry: FoundEntry, position: number, by: number) => Partial<FoundEntry> | null> = {
  payload: ({ payload: text }, position, by) => {
    const changed = text === null ? null : flipped(Buffer.from(text), position, by).toString();
    // What is no UTF-8 is read as U+FFFD, which may have stood there.
    return changed === text ? null : { payload: changed };
  },
  salt: (entry, position, by) => (entry.salt === null ? null : { salt: flipped(entry.salt, position, by) }),
  commitment: ({ commitment }, position, by) => ({ commitment: flipped(commitment, position, by) }),
  hash: (entry, position, by) => ({ hash: flipped(entry.hash, position, by) }),
  index: ({ donors: [first, ...others] }, position, by) =>
    first === undefined
      ? null
      : { donors: [flipped(Buffer.from(first, 'hex'), position, by).toString('hex'), ...others].toSorted() },
};

const change = fc.record({
  column: fc.constantFrom(...Object.keys(columns)),
  entry: fc.nat(),
  position: fc.nat(),
  by: fc.integer({ min: 1, max: 255 }),
});

describe('a record', () => {
  test('is whole as it was written, with every head that was said of it, also where it was erased', () => {
    fc.assert(
      fc.property(written, (drafts) => {
        const stored = store(drafts);
        expect(check(stored, stored.entries.map(referenceTo))).toBeNull();
      }),
    );
  });

  test('names the first entry of which any single byte was changed: payload, salt, commitment, hash or index', () => {
    fc.assert(
      fc.property(written, change, (drafts, { column, entry, position, by }) => {
        const stored = store(drafts);
        const place = entry % stored.entries.length;
        const found = stored.entries[place] as FoundEntry;
        const changed = columns[column]?.(found, position, by) ?? null;
        fc.pre(changed !== null);
        const entries = stored.entries.with(place, { ...found, ...changed });
        expect(check({ ...stored, entries }, [])?.seq).toBe(place + 1);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is not whole after any byte of the place it has come to was changed', () => {
    fc.assert(
      fc.property(written, fc.nat(), fc.integer({ min: 1, max: 255 }), (drafts, position, by) => {
        const { entries, head } = store(drafts);
        expect(check({ entries, head: { ...head, hash: flipped(head.hash, position, by) } }, [])).not.toBeNull();
        expect(check({ entries, head: { ...head, seq: head.seq ^ by } }, [])).not.toBeNull();
      }),
    );
  });

  test('that was written anew from any entry on, whole in itself, is found by the heads of others, and where', () => {
    fc.assert(
      fc.property(written, fc.nat(), salt, (drafts, from, other) => {
        const heads = store(drafts).entries.map(referenceTo);
        const place = from % drafts.length;
        const [draft] = drafts.slice(place);
        fc.pre(draft !== undefined && !Buffer.from(draft.salt).equals(Buffer.from(other)));
        const anew = store(drafts.map((each, index) => (index < place ? each : { ...each, salt: other })));
        expect(check(anew, [])).toBeNull();
        expect(check(anew, heads)).toEqual({ seq: place + 1, fault: 'CONTRADICTS_HEAD' });
      }),
    );
  });
});
