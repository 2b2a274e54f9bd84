/** The heart of the project: may this donor give this, here, on this day? Pure and total; DESIGN section 5 in code. */
import type { CivilDate } from '#schema/calendar.ts';
import type { Decision, Ground, KnownFacts, Verdict } from '#schema/decision.ts';
import type { Procedure } from '#schema/procedures.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { countedDonations } from './donation.ts';
import { isBarred } from './lookout.ts';
import { isAtHome } from './plasma.ts';
import { capsInTheWay, intervalsInTheWay } from './rules.ts';

// One ground for every cause: who reads it cannot tell a lookout from a registration elsewhere.
const physician: Ground = { code: 'PHYSICIAN', rule: null, clause: null, standing: null, until: null };
const coverageMissing: Ground = { code: 'COVERAGE', rule: null, clause: null, standing: null, until: null };
const permitElsewhere: Ground = { code: 'PERMIT_ELSEWHERE', rule: null, clause: null, standing: null, until: null };

interface Finding {
  readonly verdict: Verdict;
  readonly eligibleFrom: CivilDate | null;
  readonly grounds: readonly Ground[];
}

const referral: Finding = { verdict: 'REFER', eligibleFrom: null, grounds: [physician] };

function find(facts: KnownFacts, ruleSet: RuleSet, procedure: Procedure, day: CivilDate): Finding {
  if (isBarred(facts.bars, day)) return referral;
  if (procedure === 'SOURCE_PLASMA' && !isAtHome(facts.registrations, facts.askedBy, day)) return referral;

  const donations = countedDonations(facts.donations, day);
  const intervals = intervalsInTheWay(donations, ruleSet, procedure, day);
  if (!intervals.covered) return referral;

  const grounds = [...intervals.grounds, ...capsInTheWay(donations, ruleSet, procedure, day)];
  const missing = facts.coverage.complete ? [] : [coverageMissing];
  const eligibleFrom = grounds.reduce((latest, { until }) => (until !== null && latest < until ? until : latest), day);
  if (day < eligibleFrom) return { verdict: 'DEFERRED', eligibleFrom, grounds: [...grounds, ...missing] };
  const holds = facts.permitElsewhere ? [...missing, permitElsewhere] : missing;
  if (holds.length > 0) return { verdict: 'INDETERMINATE', eligibleFrom: null, grounds: holds };
  return { verdict: 'ELIGIBLE', eligibleFrom: day, grounds: [] };
}

/**
 * Decides one question.
 *
 * `REFER` goes before `DEFERRED`, and what is known to stand in the way is said whatever is missing. The day of a
 * deferral is the first day on which nothing known stands in the way any more; it is never before `day`.
 *
 * @param facts everything known of the donor; facts dated after `day` do not count.
 * @param day the local day asked about.
 */
export function decide(facts: KnownFacts, ruleSet: RuleSet, procedure: Procedure, day: CivilDate): Decision {
  return {
    ...find(facts, ruleSet, procedure, day),
    procedure,
    on: day,
    ruleSet: { id: ruleSet.id, hash: ruleSet.hash },
    coverage: facts.coverage,
  };
}

/** The decision for each of several procedures, so that a donor can be told what is possible from which day. */
export function schedule(
  facts: KnownFacts,
  ruleSet: RuleSet,
  procedures: readonly Procedure[],
  day: CivilDate,
): readonly Decision[] {
  return procedures.map((procedure) => decide(facts, ruleSet, procedure, day));
}
