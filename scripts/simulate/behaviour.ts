/** What all people of the region have in common when they come: the hour, the document, the examination, the laboratory. */
import { createChance, between, weighted } from './chance.ts';
import type { Chance } from './chance.ts';
import { attempts, bloodDonors, documents, examination, infections, laboratory, reporting } from './parameters.ts';
import type { Confirmation, DocumentUse, Intent, Presentation, SimulatedProcedure } from './person.ts';
import type { Region, Station } from './region.ts';
import { dayOf, minuteOf } from './time.ts';
import type { Marker, Outcome } from '#schema/procedures.ts';

/** The span of time that is planned. Days are counted since 1970. */
export interface Window {
  /** People come for the first time from this day on. */
  readonly beginsOn: number;
  /** Nothing earlier is kept: it can no longer stand in anybody's way. */
  readonly keptFrom: number;
  /** What is counted happens from this day on. */
  readonly countedFrom: number;
  /** The last day. */
  readonly endsOn: number;
}

/** What people are planned from. */
export interface World {
  readonly seed: number;
  readonly region: Region;
  readonly window: Window;
  readonly chance: Chance;
  /** The days between two procedures that nobody can call too few. */
  readonly restDays: (after: SimulatedProcedure, next: SimulatedProcedure) => number;
}

export const worldOf = (parts: Omit<World, 'chance'>): World => ({ ...parts, chance: createChance() });

/** A moment of a day's opening hours. */
export const openingMinute = (day: number, chance: Chance): number => minuteOf(day, chance.whole(8 * 60, 18 * 60));

function documentUse(chance: Chance): DocumentUse {
  const { alternative, mistyped, borrowed } = documents;
  const number = chance.next();
  if (number < alternative) return 'ALTERNATIVE';
  if (number < alternative + mistyped) return 'MISTYPED';
  return number < alternative + mistyped + borrowed ? 'BORROWED' : 'OWN';
}

function outcomeOf(chance: Chance): Outcome {
  const number = chance.next();
  if (number < examination.noBlood) return 'NO_BLOOD';
  return number < examination.noBlood + examination.partial ? 'PARTIAL' : 'COMPLETE';
}

const rates = Object.entries(infections) as [keyof typeof infections, (typeof infections)[keyof typeof infections]][];
const firstMarkers = rates.map(([marker, { first }]) => [first, marker] as const);
const repeatMarkers = rates.map(([marker, { repeat }]) => [repeat, marker] as const);
const sumOf = (weights: readonly (readonly [number, unknown])[]): number =>
  weights.reduce((sum, [weight]) => sum + weight, 0);
const [firstRate, repeatRate] = [sumOf(firstMarkers) / 100_000, sumOf(repeatMarkers) / 100_000];

/** What somebody who comes has been infected with since the last time, or ever when it is the first time. */
export function infectionAt(isFirst: boolean, chance: Chance): Marker | null {
  if (!chance.happens(isFirst ? firstRate : repeatRate)) return null;
  return weighted(chance, isFirst ? firstMarkers : repeatMarkers);
}

/** The chance that a shielded person goes to another station: as many per donation as were found, among those who are shielded. */
export const concealment =
  attempts.concealedPer100k /
  100_000 /
  (firstRate * (1 - bloodDonors.repeatShare) + repeatRate * bloodDonors.repeatShare) /
  (1 - examination.unfit);

function confirmationOf(marker: Marker, drawnAt: number, chance: Chance): Confirmation {
  const [soonest, latest] = laboratory.confirmedAfterDays;
  const confirmedOn = dayOf(drawnAt) + chance.whole(soonest, latest);
  const knownAt = openingMinute(confirmedOn, chance);
  const isCleared = chance.happens(laboratory.reentryAsked * laboratory.reentryGranted);
  const clearedAfter = chance.whole(...laboratory.reentryAfterDays);
  const toldAt = knownAt + Math.round(between(chance, reporting.uploadMinutes));
  return { marker, confirmedOn, knownAt, toldAt, clearedOn: isCleared ? confirmedOn + clearedAfter : null };
}

/** Who comes, as far as it is known before the desk. */
interface Coming {
  readonly at: number;
  readonly station: Station;
  readonly procedure: SimulatedProcedure;
  readonly volumeMl: number;
  readonly intent: Intent;
  readonly isFirst: boolean;
  readonly infection: Marker | null;
}

/** Everything else that is left to chance. */
export function presentationOf({ infection, ...coming }: Coming, chance: Chance): Presentation {
  return {
    ...coming,
    outcome: outcomeOf(chance),
    document: documentUse(chance),
    isFit: !chance.happens(examination.unfit),
    uploadMinutes: Math.round(between(chance, reporting.uploadMinutes)),
    confirmation: infection === null ? null : confirmationOf(infection, coming.at, chance),
  };
}

/** The minute somebody comes too soon after having come at `after`. */
export function hastyMinute(after: number, chance: Chance): number {
  if (chance.happens(attempts.hastySameDay)) return after + chance.whole(30, 300);
  return openingMinute(dayOf(after) + chance.whole(1, attempts.hastyWithinDays), chance);
}
