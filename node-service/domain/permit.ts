/**
 * Permits: one donor, one chair. A claim is judged at its place in the log, from what stands before it, by the log's time and
 * the rule set it names, so that every node comes to the same verdict by itself (DESIGN section 4, "Permits").
 */
import { civilDateOf } from '#schema/calendar.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { EventId, StationCode } from '#schema/ids.ts';
import type { Procedure } from '#schema/procedures.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { decide } from './eligibility.ts';
import type { ClaimOutcome, ClaimOutcomes, History, HistoryBody, HistoryEvent } from './history.ts';
import { donorFactsOf, toldFacts } from './replicated.ts';

type ClaimBody = Extract<HistoryBody, { type: 'permit.claimed' }>;
type Claim = HistoryEvent & { readonly body: ClaimBody };

/** Finds the rule set a claim names; undefined when this version does not know it, or not with this content. */
export type FindRuleSet = (id: string, hash: string) => RuleSet | undefined;

const nameOf = ({ id, origin }: HistoryEvent): string => `${id} ${origin}`;

/** In the order of the log. */
const byPlace = (one: HistoryEvent, other: HistoryEvent): number =>
  one.offset - other.offset || (nameOf(one) < nameOf(other) ? -1 : Number(nameOf(one) > nameOf(other)));

function inOrder(history: History): History {
  const isSorted = history.every((event, place) => {
    const before = history[place - 1];
    return before === undefined || byPlace(before, event) <= 0;
  });
  return isSorted ? history : history.toSorted(byPlace);
}

/** A chair that is taken, or may be: an undecided claim holds it as long as a granted one would. */
interface Chair {
  readonly claim: Claim;
  readonly outcome: 'GRANTED' | 'UNDECIDED';
}

const lapsesAt = ({ appendedAt, body }: Claim): number => appendedAt + body.lifetimeMs;

/** The claim an event ends: the one it releases, or the one its donation was made under. */
function endedBy({ body }: HistoryEvent): EventId | null {
  if (body.type === 'permit.released') return body.of;
  return body.type === 'donation.recorded' ? body.permit : null;
}

const isEndOf = (event: HistoryEvent, claim: Claim): boolean =>
  event.origin === claim.origin && endedBy(event) === claim.id;

/** What became of one claim, from what stands before it in the log. */
function judge(claim: Claim, before: History, chairs: readonly Chair[], findRuleSet: FindRuleSet): ClaimOutcome {
  const { appendedAt, body, origin } = claim;
  if (appendedAt > body.notAfter) return 'VOID';
  // What is not understood here may free a chair as well as take it.
  if (before.some((event) => event.body.type === 'parked')) return 'UNDECIDED';
  if (chairs.some(({ outcome }) => outcome === 'GRANTED')) return 'TAKEN';
  const ruleSet = findRuleSet(body.ruleSet.id, body.ruleSet.hash);
  if (ruleSet === undefined || chairs.length > 0) return 'UNDECIDED';
  const known = {
    ...donorFactsOf(toldFacts(before)),
    askedBy: origin,
    coverage: coverageOf([]),
    permitElsewhere: false,
  };
  const { verdict } = decide(known, ruleSet, body.procedure, civilDateOf(new Date(appendedAt)));
  return verdict === 'ELIGIBLE' ? 'GRANTED' : 'NOT_ELIGIBLE';
}

/**
 * What became of each claim of a donor, at its place in the log.
 *
 * `VOID` when the log took it after `notAfter`. `UNDECIDED` when something before it is not understood here. `TAKEN` while a
 * permit granted before it is in force: not lapsed by the log's time, not released, not completed by a donation that names it;
 * the claimer's own permits count too. `UNDECIDED` when its rule set is not known here, or an undecided claim before it may be
 * in force. `NOT_ELIGIBLE` when the facts before it stand in the way on the local day of its append; otherwise `GRANTED`.
 *
 * @param history all events of the donor that are known, in any order; outcomes noted in it are not looked at.
 */
export function judgeClaims(history: History, findRuleSet: FindRuleSet): ClaimOutcomes {
  const outcomes = new Map<HistoryEvent, ClaimOutcome>();
  const ordered = inOrder(history);
  let chairs: readonly Chair[] = [];
  for (const [place, event] of ordered.entries()) {
    chairs = chairs.filter(({ claim }) => event.appendedAt < lapsesAt(claim) && !isEndOf(event, claim));
    const { body } = event;
    if (body.type !== 'permit.claimed') continue;
    const claim = { ...event, body };
    const outcome = judge(claim, ordered.slice(0, place), chairs, findRuleSet);
    outcomes.set(event, outcome);
    if (outcome === 'GRANTED' || outcome === 'UNDECIDED') chairs = [...chairs, { claim, outcome }];
  }
  return outcomes;
}

/** The same history with the outcomes of its own events noted, as `permitsAt` and `findConflicts` want it. */
export function withOutcomes(history: History, outcomes: ClaimOutcomes): History {
  if (outcomes.size === 0) return history;
  return history.map((event) => ({ ...event, claim: outcomes.get(event) ?? event.claim }));
}

/** How a granted permit stands. */
export type PermitStanding = 'IN_FORCE' | 'LAPSED' | 'RELEASED' | 'COMPLETED';

/** A permit that was granted, as of a moment of the log's time. Times are in milliseconds since 1970, by the log's clock. */
export interface PermitState {
  /** The event that claimed it. */
  readonly id: EventId;
  /** Who holds it. */
  readonly station: StationCode;
  readonly procedure: Procedure;
  readonly grantedAt: number;
  /** It lapses at this time. */
  readonly until: number;
  /** It is in force from `grantedAt` up to, and without, this time; equal to `until` when nothing ended it before. */
  readonly endsAt: number;
  readonly state: PermitStanding;
}

function stateOf(claim: Claim, history: History, logTime: number): PermitState {
  const until = lapsesAt(claim);
  // What has lapsed is not released any more, but a donation may still say that it was made under it.
  const isInTime = ({ body, appendedAt: time }: HistoryEvent): boolean =>
    time <= logTime && (time < until || body.type === 'donation.recorded');
  const end = history.find((event) => isEndOf(event, claim) && byPlace(claim, event) < 0 && isInTime(event));
  const endsAt = Math.min(until, end?.appendedAt ?? until);
  const { id, origin, appendedAt, body } = claim;
  const state = ((): PermitStanding => {
    // A donation that was written down late was made under its permit all the same.
    if (end?.body.type === 'donation.recorded') return 'COMPLETED';
    if (end !== undefined) return 'RELEASED';
    return logTime < until ? 'IN_FORCE' : 'LAPSED';
  })();
  return { id, station: origin, procedure: body.procedure, grantedAt: appendedAt, until, endsAt, state };
}

function claimsWith(outcome: ClaimOutcome, history: History, logTime: number): Claim[] {
  return history.flatMap((event) => {
    const { body, claim, appendedAt } = event;
    return body.type === 'permit.claimed' && claim === outcome && appendedAt <= logTime ? [{ ...event, body }] : [];
  });
}

/** The permits granted to anybody up to a moment of the log's time, by the outcomes noted in the history. */
export function permitsAt(history: History, logTime: number): PermitState[] {
  const claims = claimsWith('GRANTED', history, logTime);
  if (claims.length === 0) return [];
  const ordered = inOrder(history);
  return claims.map((claim) => stateOf(claim, ordered, logTime));
}

/**
 * Whether another station than this one may hold a permit now. A claim this version cannot judge may.
 *
 * @param earliest the log's time is not earlier than this; null while the log was not heard.
 */
export function isHeldElsewhere(history: History, station: StationCode, earliest: number | null): boolean {
  return history.some((event) => {
    const { body, claim, origin } = event;
    if (body.type !== 'permit.claimed' || origin === station || (claim !== 'GRANTED' && claim !== 'UNDECIDED')) {
      return false;
    }
    const candidate = { ...event, body };
    const isOver = earliest !== null && earliest >= lapsesAt(candidate);
    return !isOver && !history.some((other) => isEndOf(other, candidate) && byPlace(candidate, other) < 0);
  });
}
