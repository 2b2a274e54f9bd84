/** The answer to the one question the federation exists for: may this donor give this, here, on this day? */
import { z } from 'zod';

import type { CivilDate } from './calendar.ts';
import type { Coverage } from './coverage.ts';
import type { DonorFacts } from './facts.ts';
import type { StationCode } from './ids.ts';
import type { Procedure } from './procedures.ts';
import type { Standing } from './rule-set.ts';

/**
 * `ELIGIBLE`: nothing stands in the way and every active member was heard. `DEFERRED`: not before `eligibleFrom`.
 * `REFER`: see the station's physician; looks the same whatever the cause. `INDETERMINATE`: hold; nothing is known to stand in
 * the way, but not every member was heard, or another station holds the donor's permit at the moment.
 */
export const Verdict = z.enum(['ELIGIBLE', 'DEFERRED', 'REFER', 'INDETERMINATE']);
export type Verdict = z.infer<typeof Verdict>;

/**
 * Why the verdict is what it is. `INTERVAL`: too soon after an earlier donation. `COUNT_CAP` and `VOLUME_CAP`: too many
 * donations, or too many millilitres, in the window. `PHYSICIAN`: refer, without a cause. `COVERAGE`: a member is missing.
 * `PERMIT_ELSEWHERE`: another station holds a permit for this donor just now.
 */
export const GroundCode = z.enum(['INTERVAL', 'COUNT_CAP', 'VOLUME_CAP', 'PHYSICIAN', 'COVERAGE', 'PERMIT_ELSEWHERE']);
export type GroundCode = z.infer<typeof GroundCode>;

/** One reason, with the rule it comes from. `until` is the first day on which it no longer stands in the way. */
export interface Ground {
  readonly code: GroundCode;
  /** The id of the rule in its rule set, such as `WHOLE_BLOOD>PLATELETS`; null where no rule is named. */
  readonly rule: string | null;
  readonly clause: string | null;
  readonly standing: Standing | null;
  readonly until: CivilDate | null;
}

/** What is known of a donor when a decision is made, by whom it was asked and what it rests on. */
export interface KnownFacts extends DonorFacts {
  /** The asking station: source plasma needs a registration there. */
  readonly askedBy: StationCode;
  readonly coverage: Coverage;
  /** Whether another station may hold a permit for this donor now; false when another day than today is asked about. */
  readonly permitElsewhere: boolean;
}

/** Which rules were applied: the id and the SHA-256 of their canonical content, in hexadecimal. */
export interface RuleSetReference {
  readonly id: string;
  readonly hash: string;
}

/** A decision. Pure value: the same facts, rules, procedure and day give the same decision. */
export interface Decision {
  readonly verdict: Verdict;
  readonly procedure: Procedure;
  readonly on: CivilDate;
  /** First allowed day: `on` itself when eligible, a later day when deferred, null when nobody can say. */
  readonly eligibleFrom: CivilDate | null;
  readonly grounds: readonly Ground[];
  readonly ruleSet: RuleSetReference;
  readonly coverage: Coverage;
}
