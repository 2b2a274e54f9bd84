/**
 * What a member says while it is suspended does not count. Whether the log took an event during a suspension is the same for
 * everybody, whenever they heard of the suspension; so every node comes to the same conclusions in the end.
 */
import { memberStandingAt } from '#schema/directory.ts';
import type { Member } from '#schema/directory.ts';

import type { ClaimOutcome, ClaimOutcomes, History, HistoryEvent } from './history.ts';

/** Whether an event was said under suspension. */
export type IsSuspended = (event: Pick<HistoryEvent, 'origin' | 'appendedAt'>) => boolean;

/** Null when no member was ever suspended: then nothing has to be looked at. */
function suspendedAmong(members: readonly Member[]): IsSuspended | null {
  const suspended = new Map(members.filter(({ suspensions }) => suspensions.length > 0).map((one) => [one.code, one]));
  if (suspended.size === 0) return null;
  return ({ origin, appendedAt }) => {
    const member = suspended.get(origin);
    return member !== undefined && memberStandingAt(member, appendedAt) === 'SUSPENDED';
  };
}

/** The same by the directory of the moment. */
export function suspendedNow(membersNow: () => readonly Member[]): () => IsSuspended | null {
  let known: readonly Member[] | undefined;
  let isSuspended: IsSuspended | null = null;
  return () => {
    const members = membersNow();
    if (members !== known) {
      known = members;
      isSuspended = suspendedAmong(members);
    }
    return isSuspended;
  };
}

/** The events that count. */
export function countedOf(history: History, isSuspended: IsSuspended | null): History {
  if (isSuspended === null || !history.some(isSuspended)) return history;
  return history.filter((event) => !isSuspended(event));
}

/** What becomes of the claims of a donor when only what counts is looked at: those said under suspension are `VOID`. */
export function judgeCounted(
  history: History,
  isSuspended: IsSuspended | null,
  judge: (history: History) => ClaimOutcomes,
): ClaimOutcomes {
  const counted = countedOf(history, isSuspended);
  if (isSuspended === null || counted === history) return judge(history);
  const outcomes = new Map<HistoryEvent, ClaimOutcome>(judge(counted));
  for (const event of history) {
    if (event.body.type === 'permit.claimed' && isSuspended(event)) outcomes.set(event, 'VOID');
  }
  return outcomes;
}
