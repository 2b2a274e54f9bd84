/** What the stations hold after the years: made person by person, kept in little until it is written. */
import type { CivilDate } from '#schema/calendar.ts';

import { tokenOf } from '../memory.ts';
import type { Memory } from '../memory.ts';
import type { Person } from '../person.ts';
import type { Region, Station } from '../region.ts';
import { createSimulation } from '../simulation.ts';
import { variants } from '../variants.ts';
import type { Visit } from '../visit.ts';
import { documentIdOf } from './document.ts';
import { createDraws } from './draws.ts';
import type { Draws } from './draws.ts';
import type { Listing, Registered } from './cells.ts';

/** What one station holds. */
export interface Holding {
  readonly station: Station;
  readonly draws: Draws;
  readonly listings: Listing[];
  readonly registrations: Registered[];
}

/** A person all of whose records are held, and what the stations made of them. */
export interface Led {
  readonly person: Person;
  readonly memory: Memory;
}

export interface HoldingsOptions {
  readonly seed: number;
  readonly region: Region;
  readonly until: CivilDate;
  readonly years: number;
  /** How many draws all stations hold together. */
  readonly donations: number;
  readonly onPerson?: (led: Led) => void;
  readonly onProgress?: (donations: number) => void;
}

export interface Holdings {
  readonly stations: readonly Holding[];
  readonly people: number;
}

/** Stations that do not know of each other yet, as they are before they join: some of what they hold breaks the rules. */
const apart = variants.filter(({ name }) => name === 'apart');

/** Draws are taken from one person after the other until there are enough; of the last, as many as are wanted. */
export function createHoldings(options: HoldingsOptions): Holdings {
  const { region, donations, onPerson, onProgress } = options;
  const simulation = createSimulation({ ...options, scale: 1, variants: apart, withPast: false });
  const { endsOn } = simulation.population;
  const holdings = region.stations.map((station): Holding => {
    return { station, draws: createDraws(), listings: [], registrations: [] };
  });
  const holdingOf = ({ index }: Station): Holding => {
    const holding = holdings[index];
    if (holding === undefined) throw new RangeError('no such station');
    return holding;
  };
  const documentOf = (person: Person, { presentation }: Visit) => documentIdOf(person.index, presentation.document);

  const keepDraw = (person: Person, visit: Visit): void => {
    const { station, at, procedure, volumeMl, outcome } = visit.presentation;
    holdingOf(station).draws.add({ document: documentOf(person, visit), at, procedure, volumeMl, outcome });
  };
  const keepRest = (person: Person, { listed, registered }: Memory, drawn: ReadonlySet<Visit>): void => {
    if (person.registeredOn !== null) {
      const own = { document: documentIdOf(person.index, 'OWN'), on: person.registeredOn };
      holdingOf(person.home).registrations.push(own);
    }
    for (const visit of registered) {
      if (!drawn.has(visit)) continue;
      const { registrations } = holdingOf(visit.presentation.station);
      registrations.push({ document: documentOf(person, visit), on: visit.day });
    }
    for (const visit of listed) {
      const { confirmation, station } = visit.presentation;
      if (confirmation === null || confirmation.confirmedOn > endsOn || !drawn.has(visit)) continue;
      const { marker, confirmedOn, clearedOn } = confirmation;
      const cleared = clearedOn !== null && clearedOn <= endsOn ? clearedOn : null;
      holdingOf(station).listings.push({
        document: documentOf(person, visit),
        marker,
        confirmedOn,
        clearedOn: cleared,
      });
    }
  };

  let [count, people] = [0, 0];
  for (let index = 0; count < donations; index += 1) {
    const person = simulation.lead(index);
    const memory = simulation.results[0]?.passage.memory;
    if (person === undefined || memory === undefined || memory.given.length === 0) continue;
    const drawn = memory.given.slice(0, donations - count);
    for (const visit of drawn) keepDraw(person, visit);
    keepRest(person, memory, new Set(drawn));
    if (drawn.length === memory.given.length) onPerson?.({ person, memory });
    count += drawn.length;
    people += 1;
    if (people % 1_000 === 0) onProgress?.(count);
  }
  return { stations: holdings, people };
}

/** The visits of a person under the person's own number. */
export const underOwnNumber = (visits: readonly Visit[]): readonly Visit[] =>
  visits.filter((visit) => tokenOf(visit, true) === 0);
