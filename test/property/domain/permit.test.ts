import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { HistoryBody, HistoryEvent } from '#node/domain/history.ts';
import { judgeClaims, permitsAt, withOutcomes } from '#node/domain/permit.ts';
import { Outcome } from '#schema/procedures.ts';
import { jiangsu, plasmaStation, shanghai } from '#test/support/facts.ts';
import {
  anHour,
  barred,
  china,
  claimed,
  corrected,
  draw,
  eventId,
  home,
  noon,
  parked,
  recorded,
  released,
} from '#test/support/history.ts';

const stations = [jiangsu, shanghai, plasmaStation] as const;
const findRuleSet = (id: string) => (id === china.id ? china : undefined);

/** What happens next; a number picks an earlier event where one is named. */
const happenings = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('WHOLE_BLOOD', 'PLATELETS', 'SOURCE_PLASMA').map((p) => ['claim', p] as const),
  },
  { weight: 2, arbitrary: fc.nat(30).map((of) => ['release', of] as const) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(30), fc.constantFrom(...Outcome.options)).map((d) => ['donate', d] as const),
  },
  { weight: 1, arbitrary: fc.nat(30).map((of) => ['correct', of] as const) },
  { weight: 1, arbitrary: fc.constantFrom(['bar'] as const, ['home'] as const, ['park'] as const, ['odd'] as const) },
);

function bodyOf(happening: typeof happenings extends fc.Arbitrary<infer T> ? T : never, time: number): HistoryBody {
  switch (happening[0]) {
    case 'claim':
      return claimed({ procedure: happening[1], notAfter: time + (time % 7 === 0 ? -1 : 1) });
    case 'release':
      return released(eventId(happening[1]));
    case 'donate':
      return recorded(draw(time, { outcome: happening[1][1] }), eventId(happening[1][0]));
    case 'correct':
      return corrected(eventId(happening[1]), null);
    case 'bar':
      return barred('2026-11-25');
    case 'home':
      return home('2026-11-01');
    case 'park':
      return parked;
    case 'odd':
      return claimed({ ruleSet: { id: 'NEW', hash: '0'.repeat(64) } });
  }
}

const histories: fc.Arbitrary<HistoryEvent[]> = fc
  .array(fc.tuple(fc.constantFrom(...stations), happenings, fc.nat(3 * anHour)), { maxLength: 30 })
  .map((steps) => {
    let time = noon;
    return steps.map(([origin, happening, later], offset) => {
      time += later;
      const body = bodyOf(happening, time);
      return { id: eventId(offset), origin, offset, appendedAt: time, isOwn: false, body, claim: null };
    });
  });

/** What became of each claim, by its place. */
const outcomesOf = (history: readonly HistoryEvent[]) =>
  [...judgeClaims(history, findRuleSet)].map(([{ offset }, outcome]) => [offset, outcome] as const);

const judged = (history: readonly HistoryEvent[]) => withOutcomes(history, judgeClaims(history, findRuleSet));

describe('claims', () => {
  test('never give two permits that are in force at one moment', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const permits = permitsAt(judged(history), Infinity);
        const ordered = permits.toSorted((one, other) => one.grantedAt - other.grantedAt);
        for (const [place, permit] of ordered.entries()) {
          const next = ordered[place + 1];
          if (next !== undefined) expect(permit.endsAt).toBeLessThanOrEqual(next.grantedAt);
        }
        for (const { appendedAt } of history) {
          const inForce = permitsAt(judged(history), appendedAt).filter(({ state }) => state === 'IN_FORCE');
          expect(inForce.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 600 },
    );
  });

  test('come out the same in whatever order they arrived, and whatever outcomes were noted', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), (history, keys) => {
        const shuffled = history
          .map((event, place) => ({ event: { ...event, claim: 'VOID' as const }, key: keys[place] ?? 0 }))
          .sort((one, other) => one.key - other.key)
          .map(({ event }) => event);
        expect(outcomesOf(shuffled)).toEqual(outcomesOf(history));
      }),
      { numRuns: 400 },
    );
  });

  test('are judged by what stands before them alone', () => {
    fc.assert(
      fc.property(histories, fc.nat(30), (history, length) => {
        const whole = new Map(outcomesOf(history));
        for (const [place, outcome] of outcomesOf(history.slice(0, length))) expect(whole.get(place)).toBe(outcome);
      }),
      { numRuns: 400 },
    );
  });

  test('leave the chair free once the donation is made: every permit named by a donation of its station is completed', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const known = judged(history);
        const states = new Map(permitsAt(known, Infinity).map((permit) => [permit.id, permit.state]));
        for (const { origin, body, offset } of history) {
          if (body.type !== 'donation.recorded' || body.permit === null) continue;
          const claim = history.find(({ id }) => id === body.permit);
          if (claim === undefined || claim.offset > offset || claim.origin !== origin || !states.has(claim.id))
            continue;
          expect(['COMPLETED', 'RELEASED']).toContain(states.get(claim.id));
        }
      }),
      { numRuns: 600 },
    );
  });
});
