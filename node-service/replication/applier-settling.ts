/** What follows for donors from what was just applied: which claims are granted, and which facts together break a rule. */
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

import type { Conflict } from '../domain/conflict.ts';
import type { ClaimOutcome, ClaimOutcomes, History, HistoryEvent } from '../domain/history.ts';
import { withOutcomes } from '../domain/permit.ts';
import type { InboxTransaction, JudgedClaim } from '../ports.ts';

/** The rules of the domain, as the applier asks them. */
export interface Conclusions {
  /** What becomes of each claim of a donor. */
  readonly judge: (history: History) => ClaimOutcomes;
  /** The conflicts of a donor that concern this station. */
  readonly conflictsOf: (token: DonorToken, history: History) => readonly Conflict[];
}

/** The donors something was said of. */
export interface Concerned {
  readonly tokens: ReadonlySet<DonorToken>;
  /** Those of whom a claim is to be judged: one was just made, or something came that belongs before others. */
  readonly toJudge: ReadonlySet<DonorToken>;
  /** The first place of what was said: an origin that was asked may have told of claims after it before they were read. */
  readonly from: number;
}

const changedOf = (outcomes: ClaimOutcomes): ClaimOutcomes =>
  new Map([...outcomes].filter(([{ claim }, outcome]) => outcome !== claim));

/** Those of this station, by their ids. */
const ownOf = (settled: ClaimOutcomes, station: StationCode): ReadonlyMap<EventId, JudgedClaim> =>
  new Map(
    [...settled].flatMap(([{ id, origin, appendedAt }, outcome]) =>
      origin === station ? [[id, { outcome, appendedAt }] as const] : [],
    ),
  );

/** The histories something may follow from. Those of donors of whom a claim is to be judged are wanted anyway. */
async function historiesOf(transaction: InboxTransaction, { tokens, toJudge: named, from }: Concerned) {
  const others = [...tokens].filter((token) => !named.has(token));
  const { own, claimedAfter } =
    others.length === 0
      ? { own: new Set<DonorToken>(), claimedAfter: new Set<DonorToken>() }
      : await transaction.standingOf(others, from);
  const toJudge = new Set([...named, ...claimedAfter]);
  const wanted = new Set([...toJudge, ...own]);
  const histories = wanted.size === 0 ? new Map<DonorToken, History>() : await transaction.historiesOf([...wanted]);
  return { toJudge, histories };
}

/** Answers what became of claims of this station, as far as it is new. */
export async function settle(
  transaction: InboxTransaction,
  { judge, conflictsOf, station }: Conclusions & { readonly station: StationCode },
  concerned: Concerned,
): Promise<ReadonlyMap<EventId, JudgedClaim>> {
  const { toJudge, histories } = await historiesOf(transaction, concerned);
  const settled = new Map<HistoryEvent, ClaimOutcome>();
  const conflicts = new Map<DonorToken, readonly Conflict[]>();
  for (const [token, history] of histories) {
    const outcomes: ClaimOutcomes = toJudge.has(token) ? changedOf(judge(history)) : new Map();
    for (const [claim, outcome] of outcomes) settled.set(claim, outcome);
    const isParty = history.some(({ origin }) => origin === station);
    if (isParty) conflicts.set(token, conflictsOf(token, withOutcomes(history, outcomes)));
  }
  if (settled.size > 0) transaction.settle(settled);
  if (conflicts.size > 0) transaction.setConflicts(conflicts);
  return ownOf(settled, station);
}
