/** The life of a blood donor: comes, rests as long as the rules want and a little longer, perhaps comes again. */
import { concealment, hastyMinute, infectionAt, openingMinute, presentationOf } from './behaviour.ts';
import type { World } from './behaviour.ts';
import { weighted } from './chance.ts';
import { attempts, bloodDonors } from './parameters.ts';
import type { Intent, Person, Presentation } from './person.ts';
import type { Station } from './region.ts';
import { dayOf } from './time.ts';
import type { Marker } from '#schema/procedures.ts';

type BloodProcedure = 'WHOLE_BLOOD' | 'PLATELETS';

/** A life while it is being told. */
interface Life {
  readonly home: Station;
  readonly presentations: Presentation[];
  lastWholeBlood: number | null;
  lastPlatelets: number | null;
  infection: Marker | null;
  isFirst: boolean;
}

function stationOf({ home }: Life, { region, chance }: World): Station {
  const number = chance.next();
  if (number < bloodDonors.otherProvince) return region.farFrom(home, chance);
  return number < bloodDonors.otherProvince + bloodDonors.otherStation ? region.neighbourOf(home, chance) : home;
}

/** The first day on which nothing of what went before can stand in the way. */
function dueDay(life: Life, next: BloodProcedure, { restDays }: World): number {
  const after = (last: number | null, procedure: BloodProcedure): number =>
    last === null ? 0 : last + restDays(procedure, next);
  return Math.max(after(life.lastWholeBlood, 'WHOLE_BLOOD'), after(life.lastPlatelets, 'PLATELETS'));
}

function come(
  life: Life,
  at: number,
  what: { station: Station; procedure: BloodProcedure; intent: Intent },
  world: World,
) {
  const { chance, window } = world;
  life.infection ??= infectionAt(life.isFirst, chance);
  const volumeMl = what.procedure === 'PLATELETS' ? 250 * chance.whole(1, 2) : weighted(chance, bloodDonors.volumesMl);
  const presentation = presentationOf(
    { at, ...what, volumeMl, isFirst: life.isFirst, infection: life.infection },
    chance,
  );
  life.isFirst = false;
  if (what.procedure === 'PLATELETS') life.lastPlatelets = dayOf(at);
  else life.lastWholeBlood = dayOf(at);
  const day = dayOf(at);
  if (window.keptFrom <= day && day <= window.endsOn) life.presentations.push(presentation);
  return presentation;
}

/** Whoever is found out does not come again, unless to a station that does not know. */
function afterConfirmation(life: Life, { confirmation, station }: Presentation, world: World): void {
  const { region, chance } = world;
  const elsewhere = region.otherThan(station, chance);
  if (confirmation === null || elsewhere === undefined || !chance.happens(concealment)) return;
  const day = confirmation.confirmedOn + chance.whole(...attempts.concealedAfterDays);
  const what = { station: elsewhere, procedure: 'WHOLE_BLOOD', intent: 'CONCEALED' } as const;
  come(life, openingMinute(Math.max(day, dueDay(life, 'WHOLE_BLOOD', world)), chance), what, world);
}

const isFound = ({ confirmation, isFit, outcome }: Presentation): boolean =>
  confirmation !== null && isFit && outcome !== 'NO_BLOOD';

/** A donor who comes for the first time in the window; undefined when nothing of the life is kept. */
export function planBloodDonor(index: number, world: World): Person | undefined {
  const { region, window, chance } = world;
  const home = region.blood.choose(chance);
  const life: Life = {
    home,
    presentations: [],
    lastWholeBlood: null,
    lastPlatelets: null,
    infection: null,
    isFirst: true,
  };
  let at = openingMinute(chance.whole(window.beginsOn, window.endsOn), chance);
  let procedure = chosenProcedure(world);
  for (;;) {
    let last = come(life, at, { station: stationOf(life, world), procedure, intent: 'DUE' }, world);
    if (!isFound(last) && chance.happens(attempts.hasty)) {
      const elsewhere = chance.happens(attempts.hastyElsewhere) ? region.otherThan(last.station, chance) : undefined;
      const what = { station: elsewhere ?? last.station, procedure: chosenProcedure(world), intent: 'HASTY' } as const;
      last = come(life, hastyMinute(at, chance), what, world);
    }
    if (isFound(last)) afterConfirmation(life, last, world);
    procedure = chosenProcedure(world);
    const day = dueDay(life, procedure, world) + Math.floor(chance.wait(bloodDonors.slackDays));
    if (isFound(last) || day > window.endsOn || !chance.happens(bloodDonors.repeatShare)) break;
    at = openingMinute(day, chance);
  }
  const { presentations } = life;
  return presentations.length === 0 ? undefined : { index, registeredOn: null, home, presentations };
}

const chosenProcedure = ({ chance }: World): BloodProcedure =>
  chance.happens(bloodDonors.plateletShare) ? 'PLATELETS' : 'WHOLE_BLOOD';
