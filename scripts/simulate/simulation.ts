/** Leads people through all variants of the region, one person after the other: nobody is kept in memory. */
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';
import { Policy } from '#schema/directory.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { createChance } from './chance.ts';
import { createJudges } from './judges.ts';
import { createOutages } from './outages.ts';
import type { Outages } from './outages.ts';
import { examination, reporting } from './parameters.ts';
import { createPassage } from './passage.ts';
import type { Passage } from './passage.ts';
import type { Person, Presentation } from './person.ts';
import { createPopulation, reachOf } from './population.ts';
import type { Population } from './population.ts';
import type { Region } from './region.ts';
import { createTally } from './tally.ts';
import type { Tally } from './tally.ts';
import type { Variant } from './variants.ts';
import { Visit, homeRegistrationOf } from './visit.ts';
import type { Circumstances } from './visit.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly region: Region;
  readonly until: CivilDate;
  readonly years: number;
  readonly scale: number;
  readonly variants: readonly Variant[];
  /** Whether the past of the first year is there, unseen and uncounted. */
  readonly withPast: boolean;
}

export interface Result {
  readonly variant: Variant;
  readonly passage: Passage;
  readonly tally: Tally;
}

export interface Simulation {
  readonly population: Population;
  /** Each variant with what was counted in it, in their order. */
  readonly results: readonly Result[];
  /** Leads the `index`-th person through all variants; undefined when nothing of that life lies in the time looked at. */
  lead(index: number): Person | undefined;
  /** Leads this person through all variants. */
  leadPerson(person: Person): void;
}

/** The rules every desk of the region applies. */
export function usualRuleSet(): RuleSet {
  const ruleSet = ruleSets.get(defaultRuleSetId);
  if (ruleSet === undefined) throw new TypeError(`there is no rule set ${defaultRuleSetId}`);
  return ruleSet;
}

/** When the desk asks, and when what it then does is told. */
function circumstancesOf({ at, station, procedure, uploadMinutes }: Presentation, outages: Outages): Circumstances {
  const heardAt = outages.everybodyFrom(at);
  const isHeard = heardAt - at <= reporting.patienceMinutes;
  const askedAt = isHeard ? heardAt : at;
  const drawnAt = askedAt + examination.drawMinutes[procedure];
  const told = (minute: number): number => outages.stationFrom(station.index, minute);
  return { askedAt, isHeard, drawTold: { late: told(drawnAt + uploadMinutes), prompt: told(drawnAt) } };
}

/** Whether what a visit leaves behind is told before the next one, so that late telling makes no difference. */
function areInTime(visits: readonly Visit[]): boolean {
  return visits.every(({ drawTold, presentation: { confirmation } }, place) => {
    const next = visits[place + 1];
    return next === undefined || (confirmation === null && drawTold.late <= next.askedAt);
  });
}

const isKnown = ({ presentation }: Visit): boolean => presentation.document === 'OWN';

/** A variant stands for another when nothing in a life is of what they differ in: then both know the same at every visit. */
function standIns(
  results: readonly Result[],
  isLate: boolean,
  isMistaken: boolean,
): { passage: Passage; tallies: Tally[] }[] {
  const groups = Map.groupBy(results, ({ variant }) =>
    [variant.isShared, variant.hasPermits, isLate && variant.isLate, isMistaken && variant.isMistaken].join(),
  );
  return [...groups.values()].flatMap((group) => {
    const passage = group[0]?.passage;
    return passage === undefined ? [] : [{ passage, tallies: group.map(({ tally }) => tally) }];
  });
}

export function createSimulation(options: SimulationOptions): Simulation {
  const { seed, region, variants } = options;
  const ruleSet = usualRuleSet();
  const population = createPopulation({ ...options, ruleSet });
  const terms = { ruleSet, reachDays: reachOf(ruleSet), permitMs: Policy.parse({}).permitMs };
  const judges = createJudges(terms);
  const results = variants.map((variant) => {
    return { variant, passage: createPassage(variant, judges, terms), tally: createTally() };
  });
  const groups = {
    late: { mistaken: standIns(results, true, true), known: standIns(results, true, false) },
    inTime: { mistaken: standIns(results, false, true), known: standIns(results, false, false) },
  };
  const days = [population.countedFrom - 2 * terms.reachDays, population.endsOn + terms.reachDays] as const;
  const outages = createOutages(seed, region, createChance(), days);
  const leadPerson = (person: Person): void => {
    const visits = person.presentations.map(
      (presentation, place) => new Visit(place, presentation, circumstancesOf(presentation, outages)),
    );
    const group = groups[areInTime(visits) ? 'inTime' : 'late'][visits.every(isKnown) ? 'known' : 'mistaken'];
    const home = homeRegistrationOf(person);
    for (const { passage } of group) passage.begin(home);
    for (const visit of visits) {
      judges.begin(visit);
      const isCounted = visit.day >= population.countedFrom;
      for (const { passage, tallies } of group) passage.receive(visit, isCounted ? tallies : []);
    }
  };
  return {
    population,
    results,
    leadPerson,
    lead(index) {
      const person = population.person(index);
      if (person !== undefined) leadPerson(person);
      return person;
    },
  };
}
