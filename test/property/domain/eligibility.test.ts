import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decide } from '#node/domain/eligibility.ts';
import { addInterval } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { DonationFact, DonorFacts, RegistrationFact } from '#schema/facts.ts';
import { Outcome, Procedure } from '#schema/procedures.ts';
import { ruleSets } from '#schema/rule-sets.ts';
import { day, jiangsu, known, otherPlasmaStation, plasmaStation, ruleSetNamed, shanghai } from '#test/support/facts.ts';

const daysFrom = (year: number, count: number): fc.Arbitrary<CivilDate> =>
  fc.integer({ min: 1, max: count }).map((value) => addInterval(day(`${year}-01-01`), { value, unit: 'day' }));
const days = daysFrom(2023, 1200);
const spans = fc.record({ since: days, until: fc.option(days) });
const draw = {
  station: fc.constantFrom(jiangsu, shanghai),
  procedure: fc.constantFrom(...Procedure.options),
  collectedOn: days,
  volumeMl: fc.integer({ min: 0, max: 800 }),
  outcome: fc.constantFrom(...Outcome.options),
};
const donations: fc.Arbitrary<DonationFact> = fc.record(draw);
const bars = spans.map((span) => ({ ...span, station: jiangsu }));
const registrations = fc
  .tuple(spans, fc.constantFrom(plasmaStation, otherPlasmaStation))
  .map(([span, station]) => ({ ...span, station }));
const donors: fc.Arbitrary<DonorFacts> = fc.record({
  donations: fc.oneof<fc.Arbitrary<DonationFact[]>[]>(
    fc.array(donations, { maxLength: 40 }),
    // Dense enough to reach the caps.
    fc.array(
      fc.record({
        ...draw,
        collectedOn: daysFrom(2023, 400),
        procedure: fc.constantFrom('PLATELETS', 'SOURCE_PLASMA'),
      }),
      { minLength: 20, maxLength: 40 },
    ),
  ),
  bars: fc.array(bars, { maxLength: 2 }),
  registrations: fc.oneof<fc.Arbitrary<RegistrationFact[]>[]>(
    fc.constant([{ station: plasmaStation, since: day('2020-01-01'), until: null }]),
    fc.array(registrations, { maxLength: 3 }),
  ),
});
const procedures = fc.constantFrom(...Procedure.options);

const take = (keys: fc.Stream<number>): number => [...keys.take(1)][0] ?? 0;

const severity = { ELIGIBLE: 0, DEFERRED: 1, REFER: 2 } as const;

function ask(facts: DonorFacts, ruleSetId: string, procedure: Procedure, on: CivilDate) {
  const decision = decide(known({ ...facts, askedBy: plasmaStation }), ruleSetNamed(ruleSetId), procedure, on);
  if (decision.verdict === 'INDETERMINATE') throw new Error('everybody was heard');
  return { ...decision, verdict: decision.verdict };
}

describe.each([...ruleSets.keys()])('under %s', (id) => {
  const runs = { numRuns: 400 };

  test('more facts never make a donor eligible earlier', () => {
    fc.assert(
      fc.property(donors, donors, procedures, days, (some, more, procedure, on) => {
        const all = {
          donations: [...some.donations, ...more.donations],
          bars: [...some.bars, ...more.bars],
          registrations: some.registrations,
        };
        const [before, after] = [ask(some, id, procedure, on), ask(all, id, procedure, on)];
        expect(severity[after.verdict]).toBeGreaterThanOrEqual(severity[before.verdict]);
        if (before.eligibleFrom !== null && after.eligibleFrom !== null) {
          expect(after.eligibleFrom >= before.eligibleFrom).toBe(true);
        }
      }),
      runs,
    );
  });

  test('the order of facts and facts heard twice do not matter', () => {
    fc.assert(
      fc.property(donors, procedures, days, fc.infiniteStream(fc.nat({ max: 5 })), (facts, procedure, on, keys) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          items
            .flatMap((item) => (take(keys) === 0 ? [item, { ...item }] : [item]))
            .map((item) => ({ item, key: take(keys) }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const reordered = {
          donations: shuffled(facts.donations),
          bars: shuffled(facts.bars),
          registrations: shuffled(facts.registrations),
        };
        const [one, other] = [ask(facts, id, procedure, on), ask(reordered, id, procedure, on)];
        expect([other.verdict, other.eligibleFrom]).toEqual([one.verdict, one.eligibleFrom]);
      }),
      runs,
    );
  });

  test('the first allowed day is allowed and the day before is not', () => {
    const ruleSet = ruleSetNamed(id);
    const rules = fc.constantFrom(...ruleSet.file.intervals);
    fc.assert(
      fc.property(donors, rules, days, donations, (facts, { after, next }, on, last) => {
        // What happens after the day asked about is not known on it, and a pair without a rule is referred for ever.
        const past = facts.donations.filter(
          ({ collectedOn, procedure }) => collectedOn <= on && ruleSet.intervalRule(procedure, next) !== undefined,
        );
        const donor = {
          donations: [...past, { ...last, procedure: after, collectedOn: on, outcome: 'COMPLETE' as const }],
          bars: [],
          registrations: [{ station: plasmaStation, since: day('2020-01-01'), until: null }],
        };
        const { verdict, eligibleFrom } = ask(donor, id, next, on);
        const first = day(eligibleFrom ?? '');
        const dayBefore = new Date(Date.parse(first) - 86_400_000).toISOString().slice(0, 10);
        expect([verdict, ask(donor, id, next, day(dayBefore)).verdict]).toEqual(['DEFERRED', 'DEFERRED']);
        expect(ask(donor, id, next, first)).toMatchObject({ verdict: 'ELIGIBLE', eligibleFrom: first });
      }),
      runs,
    );
  });

  test('a fact dated after the day asked about changes nothing', () => {
    fc.assert(
      fc.property(donors, fc.tuple(donations, bars), procedures, days, (facts, [late, lateBar], procedure, on) => {
        fc.pre(late.collectedOn > on && lateBar.since > on);
        const more = { ...facts, donations: [...facts.donations, late], bars: [...facts.bars, lateBar] };
        expect(ask(more, id, procedure, on)).toEqual(ask(facts, id, procedure, on));
      }),
      runs,
    );
  });

  test('no answer is eligible while a member is missing', () => {
    fc.assert(
      fc.property(donors, procedures, days, (facts, procedure, on) => {
        const coverage = {
          complete: false,
          stations: [{ station: jiangsu, state: 'MISSING' as const, asOf: null, fault: 'STATION_TIMEOUT' as const }],
        };
        const partial = decide(known({ ...facts, askedBy: plasmaStation, coverage }), ruleSetNamed(id), procedure, on);
        const whole = ask(facts, id, procedure, on);
        expect(partial.verdict).toBe(whole.verdict === 'ELIGIBLE' ? 'INDETERMINATE' : whole.verdict);
      }),
      runs,
    );
  });
});
