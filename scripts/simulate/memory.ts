/** What one variant has made of a person so far, and what a desk of it can know of that at a moment. */
import type { BarFact, DonationFact, DonorFacts, RegistrationFact } from '#schema/facts.ts';

import type { Variant } from './variants.ts';
import { barToldAt } from './visit.ts';
import type { HomeRegistration, Telling, Visit } from './visit.ts';

/** What is known of a donor under the document shown. */
export type Known = DonorFacts;

/** A claim on the donor's chair and what became of it. */
export interface Claimed {
  readonly visit: Visit;
  readonly isGranted: boolean;
  /** Given back, since the donor was sent home. */
  readonly isReleased: boolean;
}

/** Everything that happened to the person, under whichever document. */
export interface Memory {
  readonly given: Visit[];
  readonly listed: Visit[];
  readonly registered: Visit[];
  readonly claims: Claimed[];
  home: HomeRegistration | null;
}

/** What is asked: whose station, under which document, at which minute. */
export interface Question {
  readonly visit: Visit;
  readonly at: number;
}

/** How a variant sees who is who and what is told. */
export interface Sight {
  readonly isShared: boolean;
  readonly isMistaken: boolean;
  readonly telling: Telling;
}

export const sightOf = ({ isShared, isMistaken, isLate }: Variant): Sight => ({
  isShared,
  isMistaken,
  telling: isLate ? 'late' : 'prompt',
});

export const createMemory = (): Memory => ({
  given: [],
  listed: [],
  registered: [],
  claims: [],
  home: null,
});

export function forget(memory: Memory, home: HomeRegistration | null): void {
  memory.given.length = 0;
  memory.listed.length = 0;
  memory.registered.length = 0;
  memory.claims.length = 0;
  memory.home = home;
}

/** Who a visitor seems to be: 0 is the person, 1 the person's other document, everything else is known to nobody. */
export function tokenOf({ presentation: { document }, place }: Visit, isMistaken: boolean): number {
  if (!isMistaken || document === 'OWN') return 0;
  return document === 'ALTERNATIVE' ? 1 : 2 + place;
}

/** The draws that are known and still count, the newest first. */
function donationsKnown(memory: Memory, { visit, at }: Question, sight: Sight, reachDays: number): DonationFact[] {
  const token = tokenOf(visit, sight.isMistaken);
  const donations: DonationFact[] = [];
  for (let place = memory.given.length - 1; place >= 0; place -= 1) {
    const draw = memory.given[place];
    if (draw === undefined || draw.day < visit.day - reachDays) break;
    const isKnown = draw.code === visit.code || (sight.isShared && draw.drawTold[sight.telling] <= at);
    if (isKnown && tokenOf(draw, sight.isMistaken) === token) donations.push(draw.donation);
  }
  return donations;
}

function barsKnown(memory: Memory, { visit, at }: Question, sight: Sight): BarFact[] {
  if (memory.listed.length === 0) return [];
  const token = tokenOf(visit, sight.isMistaken);
  const bars: BarFact[] = [];
  for (const draw of memory.listed) {
    const { bar } = draw;
    const { confirmation } = draw.presentation;
    if (bar === null || confirmation === null || tokenOf(draw, sight.isMistaken) !== token) continue;
    const isOwn = draw.code === visit.code && confirmation.knownAt <= at;
    if (isOwn || (sight.isShared && barToldAt(confirmation, sight.telling) <= at)) bars.push(bar);
  }
  return bars;
}

function registrationsKnown(memory: Memory, { visit }: Question, sight: Sight): RegistrationFact[] {
  if (memory.home === null) return [];
  const token = tokenOf(visit, sight.isMistaken);
  const isKnown = (station: string): boolean => sight.isShared || station === visit.code;
  // A registration is told from the desk, which can be heard while it asks.
  const others = memory.registered.filter((one) => isKnown(one.code) && tokenOf(one, sight.isMistaken) === token);
  const facts = others.map(({ registration }) => registration);
  return token === 0 && isKnown(memory.home.fact.station) ? [memory.home.fact, ...facts] : facts;
}

/** What the desk of a visit knows at a minute. */
export function knownTo(memory: Memory, question: Question, sight: Sight, reachDays: number): Known {
  return {
    donations: donationsKnown(memory, question, sight, reachDays),
    bars: barsKnown(memory, question, sight),
    registrations: registrationsKnown(memory, question, sight),
  };
}

/** Whether a plasma station has not yet taken the donor as its own. */
export const isNewHere = ({ presentation, code }: Visit, { registrations }: Known): boolean =>
  presentation.procedure === 'SOURCE_PLASMA' && registrations.every(({ station }) => station !== code);
