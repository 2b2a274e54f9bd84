/** The life of a plasma donor: registered at one station, there every few weeks for years. */
import { hastyMinute, openingMinute, presentationOf } from './behaviour.ts';
import type { World } from './behaviour.ts';
import { attempts, plasmaDonors } from './parameters.ts';
import type { Intent, Person, Presentation, SimulatedProcedure } from './person.ts';
import type { Station } from './region.ts';
import { dayOf } from './time.ts';

const daysAYear = 365;

interface Coming {
  readonly at: number;
  readonly station: Station;
  readonly intent: Intent;
  readonly isFirst: boolean;
}

function come({ at, station, intent, isFirst }: Coming, { chance }: World): Presentation {
  const procedure: SimulatedProcedure = station.kind === 'PLASMA' ? 'SOURCE_PLASMA' : 'WHOLE_BLOOD';
  const volumeMl = procedure === 'SOURCE_PLASMA' ? plasmaDonors.volumeMl : 400;
  return presentationOf({ at, station, procedure, volumeMl, intent, isFirst, infection: null }, chance);
}

/** Where somebody goes who comes too soon: to another plasma station, or to give blood, or back to the own chair. */
function hastyStation(home: Station, { region, chance }: World): Station {
  if (!chance.happens(attempts.hastyElsewhere)) return home;
  const isBlood = region.blood.stations.length > 0 && chance.happens(attempts.plasmaToBlood);
  return (isBlood ? region.blood.choose(chance) : region.otherThan(home, chance)) ?? home;
}

/** A donor whose first day lies in the window, which begins a career before what is kept. */
export function planPlasmaDonor(index: number, world: World): Person | undefined {
  const { region, window, chance, restDays } = world;
  const home = region.plasma.choose(chance);
  const registeredOn = chance.whole(window.beginsOn, window.endsOn);
  const leavesOn = registeredOn + Math.ceil(chance.wait(plasmaDonors.careerYears * daysAYear));
  const endsOn = Math.min(leavesOn, window.endsOn);
  const presentations: Presentation[] = [];
  const rest = (after: SimulatedProcedure): number => restDays(after, 'SOURCE_PLASMA');
  // What was before is like what follows, so a career is joined where it begins to be kept.
  let day = Math.max(registeredOn, window.keptFrom + chance.whole(0, rest('SOURCE_PLASMA') + plasmaDonors.slackDays));
  while (day <= endsOn) {
    const at = openingMinute(day, chance);
    let last = come({ at, station: home, intent: 'DUE', isFirst: day === registeredOn }, world);
    presentations.push(last);
    let restedOn = day + rest('SOURCE_PLASMA');
    if (chance.happens(attempts.hasty)) {
      const station = hastyStation(home, world);
      last = come({ at: hastyMinute(at, chance), station, intent: 'HASTY', isFirst: false }, world);
      if (dayOf(last.at) <= window.endsOn) presentations.push(last);
      restedOn = Math.max(restedOn, dayOf(last.at) + rest(last.procedure));
    }
    day = restedOn + Math.floor(chance.wait(plasmaDonors.slackDays));
  }
  return presentations.length === 0 ? undefined : { index, registeredOn, home, presentations };
}
