/**
 * (I1) Whether an `ELIGIBLE` was right: for each origin there is something the station could honestly have known, at least
 * all that the origin had written down at the moment the answer's coverage claims for it, by which nothing stands in the way.
 * What was said under suspension can take nothing out of the way: by the directory the station went by, and for what it was told
 * live, by the one of who told it.
 */
import { coverageOf } from '#schema/coverage.ts';
import type { Decision } from '#schema/decision.ts';
import type { Directory } from '#schema/directory.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import { decide } from '#node/domain/eligibility.ts';

import type { TrueFact } from './ledger.ts';
import { factsOf } from './oracle.ts';
import type { Places } from './places.ts';

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

/** Of whom the answer should claim something and does not, by a directory; itself when it is suspended. */
function unheardOf(answer: Answer, { members }: Directory): StationCode | undefined {
  const isUnheard = (code: StationCode): boolean => claimedUpTo(answer, code) === null;
  const own = members.find(({ code }) => code === answer.station);
  if (own?.status !== 'ACTIVE') return answer.station;
  return members.find(({ code, status }) => status === 'ACTIVE' && isUnheard(code))?.code;
}

export interface Truth {
  readonly facts: readonly TrueFact[];
  readonly ruleSet: RuleSet;
  readonly places: Places;
  /** What a station may have gone by while the answer was made. */
  readonly goneBy: (station: StationCode) => readonly Directory[];
}

/** A sentence on what is wrong with an answer; null when it was right by a directory its station may have gone by. */
export function problemOf(answer: Answer, truth: Truth): string | null {
  if (answer.decision.verdict !== 'ELIGIBLE') return null;
  const directories = truth.goneBy(answer.station);
  const unheard = directories.map((directory) => unheardOf(answer, directory));
  if (!unheard.includes(undefined)) return `ELIGIBLE though nothing is claimed of ${unheard.join()}`;
  const problems = directories.map((directory) => falseBy(directory, answer, truth));
  return problems.includes(null) ? null : (problems.at(-1) ?? null);
}

function falseBy(directory: Directory, answer: Answer, { facts, ruleSet, places, goneBy }: Truth): string | null {
  const { decision, station, token, askedAt, answeredAt } = answer;
  const isLive = (origin: StationCode): boolean =>
    decision.coverage.stations.some((part) => part.station === origin && part.state === 'LIVE');
  /** A member says live what counts by the directory it goes by itself: it may not have heard of its suspension yet, or before others. */
  const countsThere = (fact: TrueFact): boolean[] =>
    isLive(fact.station) ? goneBy(fact.station).map((by) => places.counts(fact, by)) : [];
  const counts = (fact: TrueFact): boolean => places.counts(fact, directory);
  const told = facts.filter(
    (fact) =>
      fact.token === token &&
      fact.committedAt <= answeredAt &&
      !fact.body.type.startsWith('permit.') &&
      (counts(fact) || (mayHelp(fact) && countsThere(fact).includes(true))),
  );
  /** What was written down in the millisecond of the question may have been after it. */
  const isInTime = ({ station: origin, committedAt }: TrueFact): boolean =>
    committedAt <= (claimedUpTo(answer, origin) ?? -Infinity) &&
    (committedAt < askedAt || (origin !== station && !isLive(origin)));
  const isPromised = (fact: TrueFact): boolean => counts(fact) && !countsThere(fact).includes(false) && isInTime(fact);
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
