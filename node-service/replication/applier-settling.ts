/** What follows for donors from what was just applied: which claims are granted, and which facts together break a rule. */
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

import type { Conflict } from '../domain/conflict.ts';
import type { ClaimOutcome, History } from '../domain/history.ts';
import { withOutcomes } from '../domain/permit.ts';
import type { InboxTransaction } from '../ports.ts';

/** The rules of the domain, as the applier asks them. */
export interface Conclusions {
  /** What becomes of each claim of a donor. */
  readonly judge: (history: History) => ReadonlyMap<EventId, ClaimOutcome>;
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

function changedClaims(
  history: History,
  judged: ReadonlyMap<EventId, ClaimOutcome>,
): readonly (readonly [EventId, ClaimOutcome])[] {
  return history.flatMap(({ id, claim }) => {
    const outcome = judged.get(id);
    return outcome === undefined || outcome === claim ? [] : [[id, outcome] as const];
  });
}

const idsOf = (history: History, station: StationCode): EventId[] =>
  history.flatMap(({ id, origin }) => (origin === station ? [id] : []));

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
  const settled = new Map<EventId, ClaimOutcome>();
  const conflicts = new Map<DonorToken, readonly Conflict[]>();
  for (const [token, history] of histories) {
    const outcomes = toJudge.has(token)
      ? new Map(changedClaims(history, judge(history)))
      : new Map<EventId, ClaimOutcome>();
    for (const [id, outcome] of outcomes) settled.set(id, outcome);
    if (party.has(token)) conflicts.set(token, conflictsOf(token, withOutcomes(history, outcomes)));
  }
  if (settled.size > 0) await transaction.settle(settled);
  if (conflicts.size > 0) await transaction.setConflicts(conflicts);
  const own = new Set([...histories.values()].flatMap((history) => idsOf(history, station)));
  return new Map([...settled].filter(([id]) => own.has(id)));
}
