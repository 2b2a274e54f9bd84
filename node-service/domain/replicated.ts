/**
 * The facts a donor's history tells: what was recorded, with what was later said about it. A correction, a lift or a release
 * counts only from the origin that said the first thing (DESIGN section 4); it counts wherever in the history it stands, since
 * records may arrive in any order.
 */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { ReportedDonation } from '#schema/events.ts';
import type { BarFact, DonationFact, DonorFacts, RegistrationFact } from '#schema/facts.ts';
import type { EventId, StationCode } from '#schema/ids.ts';

import type { History, HistoryBody, HistoryEvent } from './history.ts';

/** Where a fact comes from. */
interface Told {
  /** The event that told of it first. */
  readonly id: EventId;
  /** Whether it is in the asking station's own tables too. */
  readonly isOwn: boolean;
  /** When the log took the last event that made it what it is, in milliseconds. */
  readonly shownAt: number;
}

/** A donation as it stands now. */
export interface ToldDonation extends Told {
  readonly fact: DonationFact;
  /** When it was made, in milliseconds since 1970, by the clock of its station. */
  readonly collectedAt: number;
  /** The claim of the permit it was made under, null without one. */
  readonly permit: EventId | null;
}

export interface ToldBar extends Told {
  readonly fact: BarFact;
}

export interface ToldRegistration extends Told {
  readonly fact: RegistrationFact;
}

/** Everything a history tells, in the order of the log. */
export interface ToldFacts {
  readonly donations: readonly ToldDonation[];
  readonly bars: readonly ToldBar[];
  readonly registrations: readonly ToldRegistration[];
  /** The origins that said something this version does not understand, and did so outside the own tables. */
  readonly unknownFrom: readonly StationCode[];
}

type Of<Type extends HistoryBody['type']> = HistoryEvent & { readonly body: Extract<HistoryBody, { type: Type }> };
type Correction = Of<'donation.corrected'>;
type Ending = Of<'bar.lifted'> | Of<'registration.released'>;

/** What was said about other events, the last in the order of the log, by `origin of`. */
interface Sequels {
  readonly corrections: ReadonlyMap<string, Correction>;
  readonly endings: ReadonlyMap<string, Ending>;
}

const nameOf = (origin: StationCode, id: EventId): string => `${origin} ${id}`;

/** Whether one event comes after another in the log. */
const isLater = (one: HistoryEvent, other: HistoryEvent): boolean =>
  one.offset > other.offset || (one.offset === other.offset && one.id > other.id);

function keepLatest<Event extends HistoryEvent>(events: Map<string, Event>, name: string, event: Event): void {
  const known = events.get(name);
  if (known === undefined || isLater(event, known)) events.set(name, event);
}

const nothingSaid: Sequels = { corrections: new Map(), endings: new Map() };

function sequelsIn(history: History): Sequels {
  let said: { corrections: Map<string, Correction>; endings: Map<string, Ending> } | undefined;
  for (const event of history) {
    const { origin, body } = event;
    if (body.type === 'donation.corrected') {
      said ??= { corrections: new Map(), endings: new Map() };
      keepLatest(said.corrections, nameOf(origin, body.of), { ...event, body });
    } else if (body.type === 'bar.lifted') {
      said ??= { corrections: new Map(), endings: new Map() };
      keepLatest(said.endings, `bar ${nameOf(origin, body.of)}`, { ...event, body });
    } else if (body.type === 'registration.released') {
      said ??= { corrections: new Map(), endings: new Map() };
      keepLatest(said.endings, `registration ${nameOf(origin, body.of)}`, { ...event, body });
    }
  }
  return said ?? nothingSaid;
}

function toldDonation(event: HistoryEvent, of: EventId, donation: ReportedDonation, shownAt: number): ToldDonation {
  const { procedure, volumeMl, outcome } = donation;
  const collectedAt = Date.parse(donation.collectedAt);
  const collectedOn = civilDateOf(new Date(collectedAt));
  const fact = { station: event.origin, procedure, collectedOn, volumeMl, outcome };
  const permit = event.body.type === 'donation.recorded' ? event.body.permit : null;
  return { id: of, isOwn: event.isOwn, shownAt, fact, collectedAt, permit };
}

/** The donation an event recorded, as corrected; undefined when it was none. */
function recorded(
  event: HistoryEvent,
  body: Of<'donation.recorded'>['body'],
  { corrections }: Sequels,
): ToldDonation | undefined {
  const { id, origin, appendedAt } = event;
  const correction = corrections.size === 0 ? undefined : corrections.get(nameOf(origin, id));
  if (correction === undefined) return toldDonation(event, id, body.donation, appendedAt);
  const { donation } = correction.body;
  return donation === null ? undefined : toldDonation(event, id, donation, Math.max(appendedAt, correction.appendedAt));
}

/** The correction of a donation that was not heard of (yet) tells of a donation all the same: it is believed like any other. */
function orphans({ corrections }: Sequels, history: History): ToldDonation[] {
  if (corrections.size === 0) return [];
  const recordings = new Set(
    history.flatMap(({ origin, id, body }) => (body.type === 'donation.recorded' ? [nameOf(origin, id)] : [])),
  );
  return [...corrections.values()].flatMap((event) => {
    const { of, donation } = event.body;
    if (donation === null || recordings.has(nameOf(event.origin, of))) return [];
    return toldDonation(event, of, donation, event.appendedAt);
  });
}

function spanOf(
  { id, origin, isOwn, appendedAt }: HistoryEvent,
  since: CivilDate,
  ending: Ending | undefined,
): ToldBar & ToldRegistration {
  return { id, isOwn, shownAt: appendedAt, fact: { station: origin, since, until: ending?.body.until ?? null } };
}

/** Folds a history, in whatever order its events are given. */
export function toldFacts(history: History): ToldFacts {
  const sequels = sequelsIn(history);
  const donations: ToldDonation[] = [];
  const bars: ToldBar[] = [];
  const registrations: ToldRegistration[] = [];
  const unknownFrom = new Set<StationCode>();
  for (const event of history) {
    const { id, origin, body } = event;
    if (body.type === 'donation.recorded') {
      const told = recorded(event, body, sequels);
      if (told !== undefined) donations.push(told);
    } else if (body.type === 'bar.set') {
      bars.push(spanOf(event, body.since, sequels.endings.get(`bar ${nameOf(origin, id)}`)));
    } else if (body.type === 'registration.claimed') {
      registrations.push(spanOf(event, body.since, sequels.endings.get(`registration ${nameOf(origin, id)}`)));
    } else if (body.type === 'parked' && !event.isOwn) {
      unknownFrom.add(origin);
    }
  }
  donations.push(...orphans(sequels, history));
  return { donations, bars, registrations, unknownFrom: [...unknownFrom] };
}

const factOf = <Fact>({ fact }: { readonly fact: Fact }): Fact => fact;

/** The facts of everybody, as the rules take them. */
export function donorFactsOf({ donations, bars, registrations }: ToldFacts): DonorFacts {
  return { donations: donations.map(factOf), bars: bars.map(factOf), registrations: registrations.map(factOf) };
}

/** What the log adds to a station's own records. */
export interface ReplicatedFacts {
  /** The facts that are not in the own tables. */
  readonly facts: DonorFacts;
  /** The origins that said something of this donor that is not understood here: what they know has to be asked live. */
  readonly unknownFrom: readonly StationCode[];
}

/** The facts of a history that the asking station does not have in its own tables. */
export function replicatedFacts(history: History): ReplicatedFacts {
  const { unknownFrom, ...told } = toldFacts(history);
  const notOwn = ({ isOwn }: Told): boolean => !isOwn;
  return {
    facts: donorFactsOf({
      donations: told.donations.filter(notOwn),
      bars: told.bars.filter(notOwn),
      registrations: told.registrations.filter(notOwn),
      unknownFrom,
    }),
    unknownFrom,
  };
}
