/** What follows for donors from what was just applied: which claims are granted, and which facts together break a rule. */
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

import type { Conflict } from '../domain/conflict.ts';
import type { ClaimOutcome, ClaimOutcomes, History, HistoryEvent } from '../domain/history.ts';
import { withOutcomes } from '../domain/permit.ts';
import type { InboxTransaction } from '../ports.ts';

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
const ownOf = (settled: ClaimOutcomes, station: StationCode): ReadonlyMap<EventId, ClaimOutcome> =>
  new Map([...settled].flatMap(([{ id, origin }, outcome]) => (origin === station ? [[id, outcome] as const] : [])));

/** Answers what became of claims of this station, as far as it is new. */
export async function settle(
  transaction: InboxTransaction,
  { judge, conflictsOf, station }: Conclusions & { readonly station: StationCode },
  { tokens, toJudge: named, from }: Concerned,
): Promise<ReadonlyMap<EventId, ClaimOutcome>> {
  if (tokens.size === 0) return new Map();
  const { own: party, claimedAfter } = await transaction.standingOf([...tokens], from);
  const toJudge = new Set([...named, ...claimedAfter]);
  const wanted = new Set([...party, ...toJudge]);
  if (wanted.size === 0) return new Map();
  const histories = await transaction.historiesOf([...wanted]);
  const settled = new Map<HistoryEvent, ClaimOutcome>();
  const conflicts = new Map<DonorToken, readonly Conflict[]>();
  for (const [token, history] of histories) {
    const outcomes: ClaimOutcomes = toJudge.has(token) ? changedOf(judge(history)) : new Map();
    for (const [claim, outcome] of outcomes) settled.set(claim, outcome);
    if (party.has(token)) conflicts.set(token, conflictsOf(token, withOutcomes(history, outcomes)));
  }
  if (settled.size > 0) await transaction.settle(settled);
  if (conflicts.size > 0) await transaction.setConflicts(conflicts);
  return ownOf(settled, station);
}
