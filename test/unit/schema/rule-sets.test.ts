import { describe, expect, test } from 'vitest';

import { Procedure } from '#schema/procedures.ts';
import { createRuleSet, RuleSetFile } from '#schema/rule-set.ts';
import { ruleSets } from '#schema/rule-sets.ts';
import { ruleSetNamed } from '#test/support/facts.ts';

test('five rule sets are shipped', () => {
  expect([...ruleSets.keys()]).toEqual(['CN-2012', 'CN-GB18467-2001', 'CN-DRAFT-2025', 'US-PRACTICE', 'UK-JPAC']);
});

test('the rules in force in China cover every pair of procedures', () => {
  const china = ruleSetNamed('CN-2012');
  for (const after of Procedure.options) {
    for (const next of Procedure.options) expect(china.intervalRule(after, next), `${after}>${next}`).toBeDefined();
  }
});

test('the draft is an overlay: it changes one interval, keeps the rest and is not in force', () => {
  const [draft, china] = [ruleSetNamed('CN-DRAFT-2025'), ruleSetNamed('CN-2012')];
  expect(draft.file.status).toBe('DRAFT');
  expect(draft.intervalRule('WHOLE_BLOOD', 'WHOLE_BLOOD')?.interval).toEqual({ value: 90, unit: 'day' });
  expect(draft.intervalRule('WHOLE_BLOOD', 'PLATELETS')).toEqual(china.intervalRule('WHOLE_BLOOD', 'PLATELETS'));
  expect(draft.capsOn('PLATELETS')).toEqual(china.capsOn('PLATELETS'));
});

describe('the hash', () => {
  const file = ruleSetNamed('CN-2012').file;

  test('is the same for the same content in another order of keys', () => {
    const reordered = RuleSetFile.parse(Object.fromEntries(Object.entries(file).reverse()));
    expect(createRuleSet(reordered).hash).toBe(ruleSetNamed('CN-2012').hash);
  });

  test('is another for any other content', () => {
    expect(createRuleSet({ ...file, effectiveFrom: null }).hash).not.toBe(ruleSetNamed('CN-2012').hash);
    expect(new Set([...ruleSets.values()].map(({ hash }) => hash)).size).toBe(5);
  });
});

describe('a broken file is refused', () => {
  const { file } = ruleSetNamed('US-PRACTICE');
  const [rule] = file.intervals;

  test.each([
    ['an unknown procedure', { ...file, intervals: [{ ...rule, next: 'BLOOD' }] }],
    ['an interval of nothing', { ...file, intervals: [{ ...rule, interval: { value: 0, unit: 'day' } }] }],
    ['a pair twice', { ...file, intervals: [rule, rule] }],
    ['a rule without a clause', { ...file, intervals: [{ ...rule, clause: '' }] }],
    ['a cap with two limits', { ...file, caps: [{ ...file.caps[0], maxCount: 1, maxVolumeMl: 1 }] }],
    ['an unknown key', { ...file, interval: [] }],
  ])('%s', (_, broken) => {
    expect(RuleSetFile.safeParse(broken).success).toBe(false);
  });

  test('an overlay without its base', () => {
    expect(() => createRuleSet({ ...file, extends: 'CN-2012' })).toThrow(TypeError);
  });
});
