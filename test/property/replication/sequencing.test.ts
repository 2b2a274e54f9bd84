/** Numbers of origins: whatever comes, in whatever order and however often, in the end what was heard is what was said. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isBroken } from '#node/domain/sequence.ts';
import type { Heard } from '#node/domain/sequence.ts';
import type { KnownEvent, PlacedEvent } from '#node/ports.ts';
import type { Saying } from '#node/replication/events.ts';
import { numberOf, sequence, settled } from '#node/replication/sequencing.ts';
import type { Source } from '#node/replication/sequencing.ts';
import { EventId, StationCode } from '#schema/ids.ts';
import { donorNamed } from '#test/support/donor-log.ts';

const origins = ['310198B01', '320198B01', '330198B01'].map((code) => StationCode.parse(code));
const station = StationCode.parse('340198B01');
const token = donorNamed('anybody');

/** A saying is told apart by its words. */
function saying(origin: StationCode, seq: number, offset: number, words = ''): Saying {
  const digest = `${origin} ${seq} ${words}`;
  const id = EventId.parse('019aa6a0-0000-7000-8000-000000000000');
  const event = {
    id,
    origin,
    partition: 0,
    seq,
    token,
    at: '2026-11-20T00:00:00.000Z',
    body: { type: 'parked' as const },
  };
  return {
    origin,
    seq,
    digest,
    offset,
    appendedAt: offset,
    value: digest,
    event: { event, offset, appendedAt: offset, digest, raw: digest },
  };
}

/** A copy that is fed the way the applier feeds its own. */
function createCopy() {
  const rows = new Map<string, PlacedEvent>();
  const heard = new Map<StationCode, Heard>();
  const take = (source: Source, sayings: readonly Saying[]) => {
    const known = new Map<string, KnownEvent>(
      [...rows].map(([name, { offset, appendedAt, digest }]) => [name, { token, offset, appendedAt, digest }]),
    );
    const beyond = new Map(
      [...heard].map(([origin, { upTo }]) => [
        origin,
        [...rows.values()].flatMap(({ event }) => (event.origin === origin && event.seq > upTo ? [event.seq] : [])),
      ]),
    );
    const result = sequence({ source, sayings, heard, known, beyond, station });
    for (const event of result.kept) rows.set(numberOf(event.event), event);
    for (const [origin, value] of result.heard) heard.set(origin, value);
    return result;
  };
  return { rows, heard, take };
}

interface Told {
  readonly counts: readonly number[];
  readonly order: readonly number[];
  readonly pieces: number;
}

/** Every event comes one to five times, in any order. */
const told = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }).chain((counts) =>
  fc.record({
    counts: fc.constant(counts),
    order: fc.shuffledSubarray(
      Array.from({ length: counts.reduce((sum, count) => sum + count, 0) * 5 }, (_, place) => place),
      { minLength: counts.reduce((sum, count) => sum + count, 0) * 5 },
    ),
    pieces: fc.integer({ min: 1, max: 9 }),
  }),
);

function sayingsOf({ counts, order }: Told): Saying[] {
  const all = counts.flatMap((count, place) =>
    Array.from({ length: count }, (_, seq) => ({ origin: origins[place] ?? station, seq: seq + 1 })),
  );
  return order.flatMap((copy, offset) => {
    // Of five copies some do not come, but the first always does.
    const one = all[copy % all.length];
    return one === undefined || (copy >= all.length && (copy * 7) % 3 === 0)
      ? []
      : [saying(one.origin, one.seq, offset)];
  });
}

function inPieces<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, piece) =>
    all.slice(piece * size, (piece + 1) * size),
  );
}

describe('sequencing', () => {
  test('keeps each thing once, at its first place, however often and in whatever order it comes', () => {
    fc.assert(
      fc.property(told, (given) => {
        const sayings = sayingsOf(given);
        const copy = createCopy();
        for (const piece of inPieces(sayings, given.pieces)) expect(copy.take('log', piece).forked).toStrictEqual([]);
        const first = new Map<string, number>();
        for (const one of sayings) if (!first.has(numberOf(one))) first.set(numberOf(one), one.offset);
        expect(new Map([...copy.rows].map(([name, { offset }]) => [name, offset]))).toStrictEqual(first);
        for (const [place, count] of given.counts.entries()) {
          expect(copy.heard.get(origins[place] ?? station)).toMatchObject({ upTo: count, highest: count });
        }
      }),
    );
  });

  test('comes to the same in pieces of any size', () => {
    fc.assert(
      fc.property(told, fc.integer({ min: 1, max: 20 }), (given, size) => {
        const [one, other] = [createCopy(), createCopy()];
        for (const piece of inPieces(sayingsOf(given), given.pieces)) one.take('log', piece);
        for (const piece of inPieces(sayingsOf(given), size)) other.take('log', piece);
        expect(one.heard).toStrictEqual(other.heard);
        expect([...one.rows].sort()).toStrictEqual([...other.rows].sort());
      }),
    );
  });

  test('after an origin has said everything again nothing is missing or in doubt, and its places stand', () => {
    fc.assert(
      fc.property(told, fc.func(fc.boolean()), (given, isLost) => {
        const sayings = sayingsOf(given);
        const copy = createCopy();
        copy.take(
          'log',
          sayings.filter(({ offset }) => !isLost(offset)),
        );
        for (const [place, count] of given.counts.entries()) {
          const origin = origins[place] ?? station;
          const again = Array.from({ length: count }, (_, seq) => saying(origin, seq + 1, 1_000 + seq));
          copy.take('origin', again);
          const heard = settled(copy.heard.get(origin) ?? { upTo: 0, highest: 0, forkedAt: null }, 1, count);
          expect(isBroken(heard)).toBe(false);
          expect(heard.upTo).toBe(count);
          for (const one of again) expect(copy.rows.get(numberOf(one))?.offset).toBe(one.offset);
        }
      }),
    );
  });

  test('two things under one number are always seen, and the first stays until the origin has spoken', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (count, other) => {
        const [origin = station] = origins;
        const seq = Math.min(count, other);
        const copy = createCopy();
        copy.take(
          'log',
          Array.from({ length: count }, (_, place) => saying(origin, place + 1, place)),
        );
        const result = copy.take('log', [saying(origin, seq, 50, 'in other words')]);
        expect(result.forked).toHaveLength(1);
        expect(copy.heard.get(origin)?.forkedAt).toBe(seq);
        expect(copy.rows.get(`${origin} ${seq}`)?.offset).toBe(seq - 1);
        const settledBy = copy.take('origin', [saying(origin, seq, 50, 'in other words')]);
        expect(settledBy.replaced).toMatchObject([{ isFork: true, offset: seq - 1 }]);
        expect(copy.rows.get(`${origin} ${seq}`)?.offset).toBe(50);
      }),
    );
  });
});
