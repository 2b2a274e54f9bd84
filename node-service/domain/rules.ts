/** Intervals and caps applied to a donor's donations: which rules stand in the way, and until when. */
import { addInterval } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Ground } from '#schema/decision.ts';
import type { DonationFact } from '#schema/facts.ts';
import type { Procedure } from '#schema/procedures.ts';
import { idOf } from '#schema/rule-set.ts';
import type { CapRule, IntervalRule, RuleSet } from '#schema/rule-set.ts';

import { distinct, lastDays } from './donation.ts';

const groundOf = (code: Ground['code'], rule: IntervalRule | CapRule, until: CivilDate): Ground => ({
  code,
  rule: idOf(rule),
  clause: rule.clause,
  standing: rule.standing,
  until,
});

/** What the intervals say of a procedure on a day: the ones not yet over, and whether every earlier procedure has a rule. */
export function intervalsInTheWay(
  donations: readonly DonationFact[],
  ruleSet: RuleSet,
  next: Procedure,
  day: CivilDate,
): { readonly grounds: Ground[]; readonly covered: boolean } {
  const grounds: Ground[] = [];
  let covered = true;
  for (const [after, last] of lastDays(donations)) {
    const rule = ruleSet.intervalRule(after, next);
    if (rule === undefined) {
      covered = false;
      continue;
    }
    const until = addInterval(last, rule.interval);
    if (day < until) grounds.push(groundOf('INTERVAL', rule, until));
  }
  return { grounds, covered };
}

/**
 * The day a cap stops standing in the way, or undefined when it does not stand on `day`. A donation counts while
 * `day < its day + window`; the cap stands while what counts reaches it, so it falls with the donation whose end brings
 * the sum below it.
 */
function capUntil(cap: CapRule, donations: readonly DonationFact[], day: CivilDate): CivilDate | undefined {
  const limit = cap.maxCount ?? cap.maxVolumeMl ?? Infinity;
  const weight = ({ volumeMl }: DonationFact): number => (cap.maxCount === undefined ? volumeMl : 1);
  const sumOf = (counting: readonly DonationFact[]): number => counting.reduce((sum, each) => sum + weight(each), 0);
  const end = ({ collectedOn }: DonationFact): CivilDate => addInterval(collectedOn, cap.window);

  const counting = donations.filter((each) => cap.procedures.includes(each.procedure) && day < end(each));
  if (sumOf(counting) < limit) return undefined;

  const oldestFirst = distinct(counting).sort((a, b) => (a.collectedOn < b.collectedOn ? -1 : 1));
  let sum = sumOf(oldestFirst);
  let until: CivilDate | undefined;
  for (const donation of oldestFirst) {
    if (sum < limit) break;
    sum -= weight(donation);
    until = end(donation);
  }
  return until;
}

/** The caps on a procedure that stand in the way on a day. */
export function capsInTheWay(
  donations: readonly DonationFact[],
  ruleSet: RuleSet,
  next: Procedure,
  day: CivilDate,
): Ground[] {
  const grounds: Ground[] = [];
  for (const cap of ruleSet.capsOn(next)) {
    const until = capUntil(cap, donations, day);
    if (until !== undefined)
      grounds.push(groundOf(cap.maxCount === undefined ? 'VOLUME_CAP' : 'COUNT_CAP', cap, until));
  }
  return grounds;
}
