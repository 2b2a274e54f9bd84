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
import type { Variant } from './variants.ts';
import { createVisit, homeRegistrationOf } from './visit.ts';
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

export interface Simulation {
  readonly population: Population;
  /** One for each variant, in their order. */
  readonly passages: readonly Passage[];
  /** Leads the `index`-th person through all variants; undefined when nothing of that life lies in the time looked at. */
  lead(index: number): Person | undefined;
}

function usualRuleSet(): RuleSet {
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

export function createSimulation(options: SimulationOptions): Simulation {
  const { seed, region, variants } = options;
  const ruleSet = usualRuleSet();
  const population = createPopulation({ ...options, ruleSet });
  const terms = { ruleSet, reachDays: reachOf(ruleSet), permitMs: Policy.parse({}).permitMs };
  const judges = createJudges(terms);
  const passages = variants.map((variant) => createPassage(variant, judges, terms));
  const days = [population.countedFrom - 2 * terms.reachDays, population.endsOn + terms.reachDays] as const;
  const outages = createOutages(seed, region, createChance(), days);
  return {
    population,
    passages,
    lead(index) {
      const person = population.person(index);
      if (person === undefined) return undefined;
      const home = homeRegistrationOf(person);
      for (const passage of passages) passage.begin(home);
      for (const [place, presentation] of person.presentations.entries()) {
        const visit = createVisit(place, presentation, circumstancesOf(presentation, outages));
        judges.begin(visit);
        const isCounted = visit.day >= population.countedFrom;
        for (const passage of passages) passage.receive(visit, isCounted);
      }
      return person;
    },
  };
}
