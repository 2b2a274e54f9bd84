import { expect, test } from 'vitest';

import { decide } from '#node/domain/eligibility.ts';
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';
import { knownAt, normalDocumentOf, readChecks, readRegion } from '#test/support/sample.ts';

const region = readRegion();
const ruleSet = ruleSets.get(defaultRuleSetId);
const checks = readChecks();

test('the sample asks 400 questions', () => {
  expect(checks).toHaveLength(400);
});

test.each(checks)('case $case: $procedure at $station on $on is $verdict', (check) => {
  const document = normalDocumentOf(check.document_type, check.document_number);
  if (document === undefined || ruleSet === undefined) throw new Error('the case cannot be asked');
  const decision = decide(knownAt(check.station, region(document)), ruleSet, check.procedure, check.on);
  expect([decision.verdict, decision.eligibleFrom ?? '']).toEqual([check.verdict, check.eligible_from]);
});
