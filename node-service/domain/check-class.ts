/**
 * What a check counts as in the figures: its verdict and, where it was deferred, by whose records; a bar it met, and how near that
 * is from; a home or a chair at another station. Pure.
 */
import type { Counted, CountFamily } from '#schema/count-families.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { Decision, KnownFacts } from '#schema/decision.ts';
import { provinceOf } from '#schema/ids.ts';
import type { StationCode } from '#schema/ids.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { decide } from './eligibility.ts';
import { holdsOn } from './lookout.ts';

const as = (family: CountFamily, of: string): Counted => ({ family, class: of });

const eligible = [as('CHECKS', 'ELIGIBLE')];
const refer = as('CHECKS', 'REFER');
const indeterminate = as('CHECKS', 'INDETERMINATE');
/** A check or a claim for source plasma that met a home or a chair at another station. */
export const crossDonationAttempt = as('CROSS_DONATION_ATTEMPTS', 'ALL');

/** Whether the records of some stations alone would have deferred the donor. */
function isDeferredBy(
  heldBy: (fact: { readonly station: StationCode }) => boolean,
  facts: KnownFacts,
  ruleSet: RuleSet,
  { procedure, on }: Decision,
): boolean {
  const { donations, registrations } = facts;
  const part = { ...facts, donations: donations.filter(heldBy), registrations, bars: [], coverage: coverageOf([]) };
  return decide(part, ruleSet, procedure, on).verdict === 'DEFERRED';
}

function deferral(facts: KnownFacts, ruleSet: RuleSet, decision: Decision): Counted {
  const { askedBy } = facts;
  if (isDeferredBy(({ station }) => station === askedBy, facts, ruleSet, decision)) return as('CHECKS', 'DEFERRED_OWN');
  const isNear = isDeferredBy(({ station }) => provinceOf(station) === provinceOf(askedBy), facts, ruleSet, decision);
  return as('CHECKS', isNear ? 'DEFERRED_SAME_PROVINCE' : 'DEFERRED_OTHER_PROVINCE');
}

/** The bar in force that is from nearest; nothing where none is. */
function hit({ bars, askedBy }: KnownFacts, { on }: Decision): Counted[] {
  const from = bars.filter((bar) => holdsOn(bar, on)).map(({ station }) => station);
  if (from.length === 0) return [];
  if (from.includes(askedBy)) return [as('LOOKOUT_HITS', 'HIT_OWN')];
  const isNear = from.some((station) => provinceOf(station) === provinceOf(askedBy));
  return [as('LOOKOUT_HITS', isNear ? 'HIT_SAME_PROVINCE' : 'HIT_OTHER_PROVINCE')];
}

function attempt({ registrations, askedBy, permitElsewhere }: KnownFacts, { procedure, on }: Decision): Counted[] {
  const isAtOther = registrations.some((home) => home.station !== askedBy && holdsOn(home, on));
  return procedure === 'SOURCE_PLASMA' && (isAtOther || permitElsewhere) ? [crossDonationAttempt] : [];
}

/**
 * What a check counts as, once in each family.
 *
 * @param decision what these facts and rules came to.
 */
export function countedAs(facts: KnownFacts, ruleSet: RuleSet, decision: Decision): readonly Counted[] {
  switch (decision.verdict) {
    case 'ELIGIBLE':
      return eligible;
    case 'DEFERRED':
      return [deferral(facts, ruleSet, decision), ...attempt(facts, decision)];
    case 'REFER':
      return [refer, ...hit(facts, decision), ...attempt(facts, decision)];
    case 'INDETERMINATE':
      return [indeterminate, ...attempt(facts, decision)];
  }
}
