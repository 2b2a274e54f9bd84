/**
 * (I1) Whether an `ELIGIBLE` was right: for each origin there is something the station could honestly have known, at least
 * all that the origin had written down at the moment the answer's coverage claims for it, by which nothing stands in the way.
 */
import { coverageOf } from '#schema/coverage.ts';
import type { Decision } from '#schema/decision.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import { decide } from '#node/domain/eligibility.ts';

import type { TrueFact } from './ledger.ts';
import { factsOf } from './oracle.ts';

export interface Answer {
  readonly station: StationCode;
  readonly token: DonorToken;
  readonly decision: Decision;
  /** True times. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** Up to when, in true time, the answer claims to know an origin; null when it claims nothing. */
export function claimedUpTo({ station, decision, askedAt }: Answer, origin: StationCode): number | null {
  if (origin === station) return askedAt;
  const part = decision.coverage.stations.find((each) => each.station === origin);
  switch (part?.state) {
    case 'REPLICATED':
      return part.asOf === null ? null : Date.parse(part.asOf);
    case 'LIVE':
      return askedAt;
    case 'OWN':
    case 'MISSING':
    case undefined:
      return null;
  }
}

/** What may have arrived in time though it was not promised: only this can take something out of the way. */
const mayHelp = ({ body }: TrueFact): boolean =>
  body.type === 'donation.corrected' ||
  body.type === 'bar.lifted' ||
  body.type === 'registration.released' ||
  body.type === 'registration.claimed';

/** So many are tried in every combination; of more, as after a process that was held for weeks, the first so many of them. */
const mostTried = 10;

/** What may be known of these beside what is promised. */
function* choices(late: readonly TrueFact[]): Iterable<ReadonlySet<TrueFact>> {
  if (late.length > mostTried) {
    for (let count = 0; count <= late.length; count += 1) yield new Set(late.slice(0, count));
    return;
  }
  for (let chosen = 0; chosen < 2 ** late.length; chosen += 1) {
    yield new Set(late.filter((_, place) => ((chosen >> place) & 1) === 1));
  }
}

/** A sentence on what is wrong with an answer; null when it was right. */
export function problemOf(
  answer: Answer,
  facts: readonly TrueFact[],
  ruleSet: RuleSet,
  others: readonly StationCode[],
): string | null {
  const { decision, station, token, askedAt, answeredAt } = answer;
  if (decision.verdict !== 'ELIGIBLE') return null;
  const unheard = others.find((origin) => claimedUpTo(answer, origin) === null);
  if (unheard !== undefined) return `ELIGIBLE though nothing is claimed of ${unheard}`;

  const told = facts.filter(
    (fact) => fact.token === token && fact.committedAt <= answeredAt && !fact.body.type.startsWith('permit.'),
  );
  const isPromised = (fact: TrueFact): boolean => fact.committedAt <= (claimedUpTo(answer, fact.station) ?? Infinity);
  const late = told.filter((fact) => !isPromised(fact) && mayHelp(fact));
  for (const chosen of choices(late)) {
    const known = told.filter((fact) => isPromised(fact) || chosen.has(fact));
    const said = known.map(({ id, station: origin, body }) => ({ id, origin, body }));
    const truth = { ...factsOf(said), askedBy: station, coverage: coverageOf([]), permitElsewhere: false };
    if (decide(truth, ruleSet, decision.procedure, decision.on).verdict === 'ELIGIBLE') return null;
  }
  const when = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString());
  return [
    `false ELIGIBLE for ${decision.on}, asked at ${when(askedAt)}: what it claims to know stands in the way:`,
    ...decision.coverage.stations.map(
      ({ station: origin, state }) => `${origin} ${state} up to ${when(claimedUpTo(answer, origin))}`,
    ),
    ...told
      .filter((fact) => isPromised(fact) || late.includes(fact))
      .map(
        (fact) => `${fact.station} wrote at ${when(fact.committedAt)} ${JSON.stringify({ id: fact.id, ...fact.body })}`,
      ),
  ].join('\n  ');
}
