/** What a station signs of a decision or a permit it gave. Pure. */
import canonicalize from 'canonicalize';

import { digestOfDonor } from '#schema/audit.ts';
import type { AuditReference } from '#schema/audit.ts';
import type { Coverage } from '#schema/coverage.ts';
import type { Decision, RuleSetReference } from '#schema/decision.ts';
import { digestOf } from '#schema/digest.ts';
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import type { Procedure } from '#schema/procedures.ts';
import type { CoverageSummary, ReceiptClaims } from '#schema/receipt.ts';

/** What every receipt names beside the answer itself. */
export interface Given {
  readonly station: StationCode;
  /** When it was given. */
  readonly at: Date;
  readonly donor: DonorToken;
  /** The entry of the answer in the station's record. */
  readonly entry: AuditReference;
}

/** A permit as it was answered. Times are in milliseconds since 1970. */
export interface GivenPermit {
  readonly id: EventId;
  readonly procedure: Procedure;
  readonly grantedAt: number;
  readonly until: number;
  readonly ruleSet: RuleSetReference;
  /** What the check before it rested on; null when that is not known any more. */
  readonly coverage: Coverage | null;
}

// Many answers rest on one and the same coverage, and seven hundred members take their time.
const summaries = new WeakMap<Coverage, CoverageSummary>();

function summarise(coverage: Coverage): CoverageSummary {
  const heard = coverage.stations.filter(({ state }) => state !== 'MISSING');
  const times = heard.flatMap(({ asOf }) => asOf ?? []);
  return {
    complete: coverage.complete,
    stations: coverage.stations.length,
    missing: coverage.stations.filter(({ state }) => state === 'MISSING').map(({ station }) => station),
    oldest: times.length === 0 ? null : times.reduce((one, other) => (one < other ? one : other)),
    digest: digestOf(canonicalize(coverage) ?? ''),
  };
}

/** What an answer rested on, in a few words. */
export function summaryOf(coverage: Coverage): CoverageSummary {
  const summary = summaries.get(coverage) ?? summarise(coverage);
  summaries.set(coverage, summary);
  return summary;
}

const shared = ({ station, at, donor, entry }: Given, ruleSet: RuleSetReference) => ({
  iss: station,
  iat: Math.floor(at.getTime() / 1000),
  donor: digestOfDonor(donor),
  ruleSet: { id: ruleSet.id, hash: ruleSet.hash },
  entry,
});

export function claimsOfDecision(decision: Decision, given: Given): ReceiptClaims {
  const { verdict, procedure, on, eligibleFrom, grounds, ruleSet, coverage } = decision;
  return {
    kind: 'DECISION',
    ...shared(given, ruleSet),
    ...{ procedure, verdict, on, eligibleFrom },
    grounds: grounds.map(({ code, rule, until }) => ({ code, rule, until })),
    coverage: summaryOf(coverage),
  };
}

export function claimsOfPermit(permit: GivenPermit, given: Given): ReceiptClaims {
  const { id, procedure, grantedAt, until, ruleSet, coverage } = permit;
  return {
    kind: 'PERMIT',
    ...shared(given, ruleSet),
    procedure,
    permit: id,
    grantedAt: new Date(grantedAt).toISOString(),
    until: new Date(until).toISOString(),
    coverage: coverage === null ? null : summaryOf(coverage),
  };
}
