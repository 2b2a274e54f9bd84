/**
 * What a member says while it is suspended does not count. Whether the log took an event during a suspension is the same for
 * everybody, whenever they heard of the suspension; so every node comes to the same conclusions in the end.
 */
import { memberStandingAt } from '#schema/directory.ts';
import type { Member } from '#schema/directory.ts';
import type { DonorFacts, DonorHolding, HeldBar, HeldDonation } from '#schema/facts.ts';
import type { StationCode } from '#schema/ids.ts';

import type { ClaimOutcome, ClaimOutcomes, History, HistoryEvent } from './history.ts';
import { donorFactsOf, toldFacts } from './replicated.ts';

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

/** Whether a member is, or ever was, suspended. */
export function wasSuspended(members: readonly Member[], station: StationCode): boolean {
  return members.some(({ code, suspensions }) => code === station && suspensions.length > 0);
}

/** Each fact once. */
function distinct<Fact extends object>(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((fact) => [Object.values(fact).join(), fact])).values()];
}

const span = ({ since, until }: HeldBar): HeldBar => ({ since, until });
const draw = ({ procedure, collectedOn, volumeMl, outcome }: HeldDonation): HeldDonation => ({
  ...{ procedure, collectedOn, volumeMl, outcome },
});

/** What a station told of a donor while it counted. */
const toldBy = (station: StationCode, counted: History): DonorFacts =>
  donorFactsOf(toldFacts(counted.filter(({ origin }) => origin === station)));

/**
 * What a station that was suspended holds of a donor, for whoever asks. Its tables know what it wrote down under suspension, which
 * nobody else counts; so that this takes nothing out of a donor's way, what it told while it counted stands beside it.
 *
 * @param counted what the log says of the donor without what was said under suspension.
 */
export function countedHolding(own: DonorHolding, counted: History, station: StationCode): DonorHolding {
  const told = toldBy(station, counted);
  return {
    token: own.token,
    donations: distinct([...own.donations, ...told.donations].map(draw)),
    bars: distinct([...own.bars, ...told.bars].map(span)),
    registrations: distinct([...own.registrations, ...told.registrations].map(span)),
  };
}

/** The same for itself: a donor is at home there only as far as its tables and the log both say so. */
export function countedForItself(own: DonorHolding, counted: History, station: StationCode): DonorHolding {
  const registrations = toldBy(station, counted).registrations.flatMap(({ since, until }) => {
    const held = own.registrations.find((registration) => registration.since === since);
    return held === undefined ? [] : [{ since, until: until ?? held.until }];
  });
  return { ...countedHolding(own, counted, station), registrations };
}
