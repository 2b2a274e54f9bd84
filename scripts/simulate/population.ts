/** Who lives in the region: how many people it takes for so many donations, and each of them by their number. */
import type { CivilDate } from '#schema/calendar.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { worldOf } from './behaviour.ts';
import type { Window, World } from './behaviour.ts';
import { planBloodDonor } from './blood-donor.ts';
import { bloodDonors, examination, plasmaDonors } from './parameters.ts';
import type { Person } from './person.ts';
import { planPlasmaDonor } from './plasma-donor.ts';
import type { Region } from './region.ts';
import { dayNamed } from './time.ts';

const daysAYear = 365;
/** A donor of today may have come for the first time so many years ago. */
const bloodYears = 5;
const plasmaYears = 2 * plasmaDonors.careerYears;

export interface Population {
  /** How many people there are, those among them of whom nothing is kept included. */
  readonly size: number;
  readonly countedFrom: number;
  readonly endsOn: number;
  /** The `index`-th of them; undefined when nothing of that life lies in the time looked at. */
  person(index: number): Person | undefined;
}

export interface PopulationOptions {
  readonly seed: number;
  readonly region: Region;
  readonly ruleSet: RuleSet;
  /** The last day. */
  readonly until: CivilDate;
  readonly years: number;
  /** 1 is the whole region. */
  readonly scale: number;
  /** Whether what happened before the first year is kept as far as it can still stand in anybody's way. */
  readonly withPast: boolean;
}

/** Days of an interval, months counted as long as they can be. */
const mostDays = { day: 1, week: 7, month: 31 } as const;

/** So many days before a day nothing counts any more. */
export function reachOf({ file }: RuleSet): number {
  const reaches = [...file.intervals.map(({ interval }) => interval), ...file.caps.map(({ window }) => window)];
  return Math.max(...reaches.map(({ value, unit }) => value * mostDays[unit]));
}

function peopleAYear(region: Region, restDays: World['restDays']): { readonly blood: number; readonly plasma: number } {
  const presentations = (donations: number): number => donations / (1 - examination.unfit);
  const gap = restDays('SOURCE_PLASMA', 'SOURCE_PLASMA') + plasmaDonors.slackDays;
  const active = presentations(region.plasma.donations) / (daysAYear / gap);
  const settled = 1 - Math.exp(-plasmaYears / plasmaDonors.careerYears);
  return {
    blood: presentations(region.blood.donations) * (1 - bloodDonors.repeatShare),
    plasma: active / plasmaDonors.careerYears / settled,
  };
}

export function createPopulation(options: PopulationOptions): Population {
  const { seed, region, ruleSet, until, years, scale, withPast } = options;
  const endsOn = dayNamed(until);
  const countedFrom = endsOn + 1 - Math.round(years * daysAYear);
  const keptFrom = withPast ? countedFrom - reachOf(ruleSet) : countedFrom;
  const windowOf = (yearsBefore: number): Window => ({
    beginsOn: countedFrom - yearsBefore * daysAYear,
    keptFrom,
    countedFrom,
    endsOn,
  });
  const restDays: World['restDays'] = (after, next) => {
    const rule = ruleSet.intervalRule(after, next);
    return rule === undefined ? daysAYear : rule.interval.value * mostDays[rule.interval.unit];
  };
  const blood = worldOf({ seed, region, window: windowOf(bloodYears), restDays });
  const plasma = worldOf({ seed, region, window: windowOf(plasmaYears), restDays });
  const rate = peopleAYear(region, restDays);
  const people = { blood: rate.blood * (years + bloodYears), plasma: rate.plasma * (years + plasmaYears) };
  const plasmaShare = people.plasma / (people.blood + people.plasma);
  const isPlasma = (index: number): boolean => Math.floor((index + 1) * plasmaShare) > Math.floor(index * plasmaShare);
  return {
    size: Math.round((people.blood + people.plasma) * scale),
    countedFrom,
    endsOn,
    person(index) {
      const [plan, world] = isPlasma(index) ? [planPlasmaDonor, plasma] : [planBloodDonor, blood];
      world.chance.begin(seed, index);
      return plan(index, world);
    },
  };
}
