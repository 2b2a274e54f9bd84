import { describe, expect, test } from 'vitest';

import { decide, schedule } from '#node/domain/eligibility.ts';
import type { Procedure } from '#schema/procedures.ts';
import {
  bar,
  day,
  donation,
  incomplete,
  known,
  otherPlasmaStation,
  plasmaStation,
  registration,
  ruleSetNamed,
} from '#test/support/facts.ts';

const china = ruleSetNamed('CN-2012');

describe('the checked fixtures of the field', () => {
  type History = readonly (readonly [Procedure, string])[];
  const fixtures: readonly (readonly [string, History, Procedure, string, string])[] = [
    ['CN-2012', [['WHOLE_BLOOD', '2024-08-31']], 'WHOLE_BLOOD', '2025-02-28', 'six calendar months, clamped'],
    ['CN-2012', [['WHOLE_BLOOD', '2023-08-31']], 'WHOLE_BLOOD', '2024-02-29', 'clamped in a leap year'],
    ['CN-2012', [['WHOLE_BLOOD', '2025-03-01']], 'WHOLE_BLOOD', '2025-09-01', 'not 180 days'],
    ['CN-2012', [['PLATELETS', '2025-01-01']], 'PLATELETS', '2025-01-15', 'two weeks'],
    ['CN-2012', [['PLATELETS', '2025-01-01']], 'WHOLE_BLOOD', '2025-01-29', 'four weeks'],
    ['CN-2012', [['WHOLE_BLOOD', '2025-01-31']], 'PLATELETS', '2025-04-30', 'three months, clamped'],
    [
      'CN-2012',
      [
        ['WHOLE_BLOOD', '2024-12-01'],
        ['PLATELETS', '2025-05-20'],
      ],
      'WHOLE_BLOOD',
      '2025-06-17',
      'the latest wins',
    ],
    ['CN-DRAFT-2025', [['WHOLE_BLOOD', '2025-03-01']], 'WHOLE_BLOOD', '2025-05-30', '90 days'],
    ['US-PRACTICE', [['WHOLE_BLOOD', '2025-01-01']], 'WHOLE_BLOOD', '2025-02-26', '56 days'],
    ['US-PRACTICE', [['DOUBLE_RED_CELLS', '2025-01-01']], 'WHOLE_BLOOD', '2025-04-23', '112 days'],
    ['UK-JPAC', [['WHOLE_BLOOD', '2025-01-01']], 'WHOLE_BLOOD', '2025-03-26', '12 weeks'],
    ['CN-GB18467-2001', [['WHOLE_BLOOD', '2010-01-01']], 'PLATELETS', '2010-07-01', 'six months before 2012'],
  ];

  test.each(fixtures)('%s %j -> %s from %s: %s', (ruleSetId, history, next, from) => {
    const donations = history.map(([procedure, on]) => donation(on, { procedure }));
    const last = history
      .map(([, on]) => day(on))
      .sort()
      .at(-1);
    const decision = decide(known({ donations }), ruleSetNamed(ruleSetId), next, last ?? day('2025-01-01'));
    expect(decision).toMatchObject({ verdict: 'DEFERRED', eligibleFrom: from });
  });
});

describe('an interval', () => {
  test('names its rule, clause and the day it ends', () => {
    const { grounds } = decide(known({ donations: [donation('2026-06-01')] }), china, 'WHOLE_BLOOD', day('2026-07-01'));
    expect(grounds).toEqual([
      {
        code: 'INTERVAL',
        rule: 'WHOLE_BLOOD>WHOLE_BLOOD',
        clause: '献血法(1997) art.9; GB 18467-2011 9.2',
        standing: 'LAW',
        until: '2026-12-01',
      },
    ]);
  });

  test('does not run from a draw that gave no blood, and does from a partial one', () => {
    const draw = (outcome: 'NO_BLOOD' | 'PARTIAL') =>
      decide(known({ donations: [donation('2026-06-01', { outcome })] }), china, 'WHOLE_BLOOD', day('2026-06-02'))
        .verdict;
    expect([draw('NO_BLOOD'), draw('PARTIAL')]).toEqual(['ELIGIBLE', 'DEFERRED']);
  });

  test('does not run from a donation dated after the day asked about, and does from one of that day', () => {
    const facts = known({ donations: [donation('2026-06-02')] });
    expect(decide(facts, china, 'WHOLE_BLOOD', day('2026-06-01')).verdict).toBe('ELIGIBLE');
    expect(decide(facts, china, 'WHOLE_BLOOD', day('2026-06-02')).verdict).toBe('DEFERRED');
  });
});

describe('a cap', () => {
  const fortnightly = (count: number, volumeMl: number) =>
    Array.from({ length: count }, (_, index) => {
      const date = new Date(Date.UTC(2026, 0, 1 + 14 * index)).toISOString().slice(0, 10);
      return donation(date, { procedure: 'PLATELETS', volumeMl });
    });

  test('of 24 platelet donations stands in the way of the 25th until the first is a year old', () => {
    const decision = decide(known({ donations: fortnightly(24, 200) }), china, 'PLATELETS', day('2026-12-10'));
    expect(decision).toMatchObject({ verdict: 'DEFERRED', eligibleFrom: '2027-01-01' });
    expect(decision.grounds.map(({ code }) => code)).toEqual(['COUNT_CAP']);
  });

  test('does not stand in the way of the 24th', () => {
    expect(decide(known({ donations: fortnightly(23, 200) }), china, 'PLATELETS', day('2026-12-10')).verdict).toBe(
      'ELIGIBLE',
    );
  });

  test('of ten litres stands in the way once what counts reaches it', () => {
    const just = decide(known({ donations: fortnightly(20, 500) }), china, 'APHERESIS_PLASMA', day('2026-12-10'));
    const under = decide(known({ donations: fortnightly(20, 499) }), china, 'APHERESIS_PLASMA', day('2026-12-10'));
    expect(just.grounds.map(({ code }) => code)).toEqual(['VOLUME_CAP']);
    expect(just.eligibleFrom).toBe('2027-01-01');
    expect(under.verdict).toBe('ELIGIBLE');
  });
});

describe('a referral', () => {
  test('holds from the day a bar is confirmed to the day it is lifted', () => {
    const verdictOn = (on: string) =>
      decide(known({ bars: [bar('2026-03-01', '2026-05-01')] }), china, 'WHOLE_BLOOD', day(on)).verdict;
    expect(['2026-02-28', '2026-03-01', '2026-04-30', '2026-05-01'].map(verdictOn)).toEqual([
      'ELIGIBLE',
      'REFER',
      'REFER',
      'ELIGIBLE',
    ]);
  });

  test('looks the same for a bar, a registration elsewhere, no registration and a pair without a rule', () => {
    const on = day('2026-06-02');
    const uk = ruleSetNamed('UK-JPAC');
    const barred = decide(
      known({ bars: [bar('2026-01-01')], donations: [donation('2026-06-01')] }),
      china,
      'WHOLE_BLOOD',
      on,
    );
    const plasma = (registrations: ReturnType<typeof registration>[]) =>
      decide(known({ askedBy: plasmaStation, registrations }), china, 'SOURCE_PLASMA', on);
    const referrals = [
      barred,
      plasma([]),
      plasma([registration(otherPlasmaStation, '2026-01-01')]),
      plasma([registration(plasmaStation, '2026-01-01'), registration(otherPlasmaStation, '2026-02-01')]),
      decide(known({ donations: [donation('2020-01-01')] }), uk, 'DOUBLE_RED_CELLS', on),
    ];
    for (const { verdict, eligibleFrom, grounds } of referrals) {
      expect({ verdict, eligibleFrom, grounds }).toEqual({
        verdict: 'REFER',
        eligibleFrom: null,
        grounds: [{ code: 'PHYSICIAN', rule: null, clause: null, standing: null, until: null }],
      });
    }
  });

  test('is not made for a plasma donor registered here and released elsewhere', () => {
    const registrations = [
      registration(otherPlasmaStation, '2025-01-01', '2026-01-01'),
      registration(plasmaStation, '2026-01-01'),
    ];
    const facts = known({ askedBy: plasmaStation, registrations });
    expect(decide(facts, china, 'SOURCE_PLASMA', day('2026-06-02')).verdict).toBe('ELIGIBLE');
  });
});

describe('an incomplete coverage', () => {
  const on = day('2026-06-02');

  test('makes a donor without a known bar indeterminate', () => {
    expect(decide(known({ coverage: incomplete }), china, 'WHOLE_BLOOD', on)).toMatchObject({
      verdict: 'INDETERMINATE',
      eligibleFrom: null,
      grounds: [{ code: 'COVERAGE' }],
    });
  });

  test('still says what is known to stand in the way', () => {
    const deferred = decide(
      known({ coverage: incomplete, donations: [donation('2026-06-01')] }),
      china,
      'WHOLE_BLOOD',
      on,
    );
    const referred = decide(known({ coverage: incomplete, bars: [bar('2026-01-01')] }), china, 'WHOLE_BLOOD', on);
    expect([deferred.verdict, deferred.eligibleFrom]).toEqual(['DEFERRED', '2026-12-01']);
    expect(deferred.grounds.map(({ code }) => code)).toEqual(['INTERVAL', 'COVERAGE']);
    expect(referred.verdict).toBe('REFER');
  });
});

test('a schedule has one decision for each procedure, each its own', () => {
  const decisions = schedule(
    known({ donations: [donation('2026-06-01')] }),
    china,
    ['WHOLE_BLOOD', 'PLATELETS'],
    day('2026-06-02'),
  );
  expect(decisions.map(({ procedure, eligibleFrom }) => [procedure, eligibleFrom])).toEqual([
    ['WHOLE_BLOOD', '2026-12-01'],
    ['PLATELETS', '2026-09-01'],
  ]);
});
