/**
 * One presentation with all it can leave behind, in the words of the decision core and of the donor log. Made once and the same
 * object in every variant, so that the same knowledge can be told by looking at the objects.
 */
import type { HistoryBody, HistoryEvent } from '#node/domain/history.ts';
import type { BarFact, DonationFact, RegistrationFact } from '#schema/facts.ts';
import { EventId } from '#schema/ids.ts';
import type { StationCode } from '#schema/ids.ts';

import type { Confirmation, Person, Presentation } from './person.ts';
import { civilDay, dayOf, millisecondsOf } from './time.ts';

/** What an event of a visit says; a visit says each at most once. */
const eventKinds = ['registration', 'claim', 'release', 'donation', 'bar', 'lift'] as const;
type EventKind = (typeof eventKinds)[number];

const ids: EventId[] = [];

/** Unique among the events of one person, which is all a history asks for. */
function eventIdOf(number: number): EventId {
  const known = ids[number];
  if (known !== undefined) return known;
  const id = EventId.parse(`01900000-0000-7000-8000-${String(number).padStart(12, '0')}`);
  ids[number] = id;
  return id;
}

/** The same facts, told at two moments, are two events: as late as records are, or at once. */
export type Telling = 'late' | 'prompt';

/** What circumstances a visit has beyond what the person brings. */
export interface Circumstances {
  /** When the federation is asked, and whether it could be heard as long as the donor waited. */
  readonly askedAt: number;
  readonly isHeard: boolean;
  /** When the federation is told of the draw. */
  readonly drawTold: Readonly<Record<Telling, number>>;
}

export const barToldAt = ({ toldAt, knownAt }: Confirmation, telling: Telling): number =>
  telling === 'late' ? toldAt : knownAt;

/** The millions of visits are of one class, and what few of them need is made when it is asked for. */
export class Visit {
  /** Its place among the visits of the person. */
  readonly place: number;
  readonly presentation: Presentation;
  readonly askedAt: number;
  readonly isHeard: boolean;
  readonly drawTold: Readonly<Record<Telling, number>>;
  /** The station's code. */
  readonly code: StationCode;
  /** The local day. */
  readonly day: number;
  readonly donation: DonationFact;
  #bar: BarFact | null | undefined;
  #registration: RegistrationFact | undefined;
  #events: (HistoryEvent | undefined)[] | undefined;

  constructor(place: number, presentation: Presentation, { askedAt, isHeard, drawTold }: Circumstances) {
    const { station, at, procedure, volumeMl, outcome } = presentation;
    this.place = place;
    this.presentation = presentation;
    this.askedAt = askedAt;
    this.isHeard = isHeard;
    this.drawTold = drawTold;
    this.code = station.code;
    this.day = dayOf(at);
    this.donation = { station: station.code, procedure, collectedOn: civilDay(this.day), volumeMl, outcome };
  }

  /** What the station sets when the laboratory confirms; null when there is nothing to confirm. */
  get bar(): BarFact | null {
    if (this.#bar === undefined) {
      const { confirmation } = this.presentation;
      const until = confirmation?.clearedOn ?? null;
      const span = (since: number) => ({ since: civilDay(since), until: until === null ? null : civilDay(until) });
      this.#bar = confirmation === null ? null : { station: this.code, ...span(confirmation.confirmedOn) };
    }
    return this.#bar;
  }

  /** What a plasma station that does not know the donor writes down first. */
  get registration(): RegistrationFact {
    this.#registration ??= { station: this.code, since: this.donation.collectedOn, until: null };
    return this.#registration;
  }

  /** The id of the event of one kind. */
  idOf(kind: EventKind): EventId {
    return eventIdOf(numberOf(this.place, kind));
  }

  /** The event of one kind, which the log takes at the minute `at`. */
  event(kind: EventKind, telling: Telling, at: number, body: () => HistoryBody): HistoryEvent {
    const slot = eventKinds.indexOf(kind) * 2 + (telling === 'late' ? 0 : 1);
    this.#events ??= [];
    return (this.#events[slot] ??= eventAt(this.place, kind, at, { origin: this.code, body: body() }));
  }
}

const numberOf = (place: number, kind: EventKind): number => place * eventKinds.length + eventKinds.indexOf(kind);

/** An event at its place in the log: by the minute, then by the visit, then by what is said first. */
function eventAt(
  place: number,
  kind: EventKind,
  at: number,
  said: Pick<HistoryEvent, 'origin' | 'body'>,
): HistoryEvent {
  const number = numberOf(place, kind);
  const offset = at * 65_536 + number;
  return { id: eventIdOf(number), offset, appendedAt: millisecondsOf(at), isOwn: false, claim: null, ...said };
}

/** A plasma donor's registration at home, as everybody knows it, and its event; null for others. */
export interface HomeRegistration {
  readonly fact: RegistrationFact;
  readonly event: HistoryEvent;
}

/** Beyond the places of all visits. */
const homePlace = 10_000;

export function homeRegistrationOf({ registeredOn, home }: Person): HomeRegistration | null {
  if (registeredOn === null) return null;
  const since = civilDay(registeredOn);
  const body = { type: 'registration.claimed', since } as const;
  const event = eventAt(homePlace, 'registration', 0, { origin: home.code, body });
  return { fact: { station: home.code, since, until: null }, event };
}
