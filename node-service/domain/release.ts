/**
 * May a unit leave the station? Before it does, the whole question is asked again, with everything that came to be known since
 * the donation (DESIGN section 4, "Late facts"). Pure and total, like the decision it rests on.
 */
import type { CivilDate } from '#schema/calendar.ts';
import type { Coverage } from '#schema/coverage.ts';
import type { Ground, KnownFacts, RuleSetReference } from '#schema/decision.ts';
import type { HeldDonation } from '#schema/facts.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { decide } from './eligibility.ts';

/**
 * `CLEARED`: nothing stands in the way and every active member was heard. `HOLD`: something does. `INDETERMINATE`: nothing is
 * known to, but not every member was heard.
 */
export type ReleaseVerdict = 'CLEARED' | 'HOLD' | 'INDETERMINATE';

/**
 * Why a unit is held. `BAR`: the donor was barred on a day since the donation, that day included. `CONFLICT`: a conflict on this
 * donation is open. `NOT_ELIGIBLE`: with what is known now the donation should not have been made; the ground of the decision is
 * named. `NO_BLOOD`: there is no unit. `COVERAGE`: a member is missing.
 */
export type ReleaseGroundCode = 'BAR' | 'CONFLICT' | 'NOT_ELIGIBLE' | 'NO_BLOOD' | 'COVERAGE';

/** One reason. */
export interface ReleaseGround {
  readonly code: ReleaseGroundCode;
  /** The open conflict; null for other reasons. */
  readonly conflict: string | null;
  /** What stood in the way of the donation; null for other reasons. */
  readonly ground: Ground | null;
}

/** The answer for one unit. */
export interface ReleaseDecision {
  readonly verdict: ReleaseVerdict;
  readonly grounds: readonly ReleaseGround[];
  readonly ruleSet: RuleSetReference;
  readonly coverage: Coverage;
}

/** What is asked: one donation of the asking station, and the conflicts on it that are open there. */
export interface ReleaseQuestion {
  readonly donation: HeldDonation;
  readonly openConflicts: readonly string[];
}

const reason = (code: ReleaseGroundCode, more: Partial<ReleaseGround> = {}): ReleaseGround => ({
  code,
  conflict: null,
  ground: null,
  ...more,
});

/** Everything but the donation itself: what is equal in all is the same donation, heard twice. */
function without(facts: KnownFacts, { procedure, collectedOn, volumeMl, outcome }: HeldDonation): KnownFacts {
  const isIt = (fact: KnownFacts['donations'][number]): boolean =>
    fact.station === facts.askedBy &&
    fact.procedure === procedure &&
    fact.collectedOn === collectedOn &&
    fact.volumeMl === volumeMl &&
    fact.outcome === outcome;
  return { ...facts, permitElsewhere: false, donations: facts.donations.filter((fact) => !isIt(fact)) };
}

/** What stood in the way on the day of the donation, with what is known now. */
function groundsOfDay(facts: KnownFacts, ruleSet: RuleSet, donation: HeldDonation): Ground[] {
  const { verdict, grounds } = decide(without(facts, donation), ruleSet, donation.procedure, donation.collectedOn);
  return verdict === 'DEFERRED' || verdict === 'REFER' ? grounds.filter(({ code }) => code !== 'COVERAGE') : [];
}

const wasBarredSince = ({ bars }: KnownFacts, day: CivilDate): boolean =>
  bars.some(({ until }) => until === null || day < until);

/**
 * Decides about one unit.
 *
 * A bar counts when it was in force on any day from the donation on, whenever it was set: a result confirmed after a donation
 * speaks about the blood given before.
 *
 * @param facts everything known of the donor, the donation itself included; `askedBy` is the station that made it.
 */
export function decideRelease(
  { donation, openConflicts }: ReleaseQuestion,
  facts: KnownFacts,
  ruleSet: RuleSet,
): ReleaseDecision {
  const held = [
    ...(donation.outcome === 'NO_BLOOD' ? [reason('NO_BLOOD')] : []),
    ...(wasBarredSince(facts, donation.collectedOn) ? [reason('BAR')] : []),
    ...openConflicts.map((conflict) => reason('CONFLICT', { conflict })),
    ...groundsOfDay(facts, ruleSet, donation).map((ground) => reason('NOT_ELIGIBLE', { ground })),
  ];
  const missing = facts.coverage.complete ? [] : [reason('COVERAGE')];
  return {
    verdict: held.length > 0 ? 'HOLD' : missing.length > 0 ? 'INDETERMINATE' : 'CLEARED',
    grounds: [...held, ...missing],
    ruleSet: { id: ruleSet.id, hash: ruleSet.hash },
    coverage: facts.coverage,
  };
}
