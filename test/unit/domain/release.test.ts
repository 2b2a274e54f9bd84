import { describe, expect, test } from 'vitest';

import { decideRelease } from '#node/domain/release.ts';
import type { KnownFacts } from '#schema/decision.ts';
import { bar, day, donation, incomplete, known, shanghai } from '#test/support/facts.ts';
import { china } from '#test/support/history.ts';

const unit = donation('2026-11-10', { station: shanghai });
const ask = (facts: Partial<KnownFacts> = {}, openConflicts: string[] = [], outcome = unit.outcome) =>
  decideRelease(
    { donation: { ...unit, outcome }, openConflicts },
    known({ ...facts, donations: [{ ...unit, outcome }, ...(facts.donations ?? [])] }),
    china,
  );
const codes = ({ grounds }: ReturnType<typeof ask>) => grounds.map(({ code }) => code);

describe('a unit', () => {
  test('in whose way nothing stands is cleared, though the donor may not give again yet', () => {
    expect(ask()).toMatchObject({ verdict: 'CLEARED', grounds: [], ruleSet: { id: 'CN-2012' } });
  });

  test('of a donor barred on its day or on any day since is held', () => {
    const bars = ['2026-11-01', '2026-11-10', '2026-11-20'].map((since) => [bar(since)]);
    for (const each of bars) expect(codes(ask({ bars: each }))).toContain('BAR');
    expect(ask({ bars: [bar('2026-11-20')] }).verdict).toBe('HOLD');
    expect(ask({ bars: [bar('2026-11-12', '2026-11-14')] }).verdict).toBe('HOLD');
    expect(ask({ bars: [bar('2026-01-01', '2026-11-10')] }).verdict).toBe('CLEARED');
  });

  test('of a donation that came too soon, as is known now, is held, and the rule is named', () => {
    const answer = ask({ donations: [donation('2026-09-01')] });
    expect(answer).toMatchObject({
      verdict: 'HOLD',
      grounds: [{ code: 'NOT_ELIGIBLE', ground: { code: 'INTERVAL', rule: 'WHOLE_BLOOD>WHOLE_BLOOD' } }],
    });
  });

  test('is not held by a donation made after it', () => {
    expect(ask({ donations: [donation('2026-11-15')] }).verdict).toBe('CLEARED');
  });

  test('with an open conflict is held, and the conflict is named', () => {
    expect(ask({}, ['c0ffee']).grounds).toEqual([{ code: 'CONFLICT', conflict: 'c0ffee', ground: null }]);
  });

  test('that does not exist is not released', () => {
    expect(codes(ask({}, [], 'NO_BLOOD'))).toEqual(['NO_BLOOD']);
  });

  test('is not cleared while a member is missing, and what is known is said', () => {
    expect(ask({ coverage: incomplete })).toMatchObject({ verdict: 'INDETERMINATE', grounds: [{ code: 'COVERAGE' }] });
    expect(codes(ask({ coverage: incomplete, bars: [bar('2026-11-01')] }))).toEqual([
      'BAR',
      'NOT_ELIGIBLE',
      'COVERAGE',
    ]);
  });

  test('is not held by a permit somebody has now', () => {
    expect(ask({ permitElsewhere: true, askedBy: shanghai }).verdict).toBe('CLEARED');
    expect(day('2026-11-10')).toBe(unit.collectedOn);
  });
});
