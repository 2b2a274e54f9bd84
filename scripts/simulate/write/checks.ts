/** Questions about the people of a data folder, each with the answer the decision core gives from everything that is in it. */
import { decide } from '#node/domain/eligibility.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { KnownFacts } from '#schema/decision.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { createChance } from '../chance.ts';
import { civilDay } from '../time.ts';
import type { Region } from '../region.ts';
import { documentIdOf, documentOf } from './document.ts';
import { underOwnNumber } from './holdings.ts';
import type { Led } from './holdings.ts';

/** Streams of chance beyond those of people and outages. */
const firstStream = 2 ** 41;

export const checksHeading = 'case,station,document_type,document_number,procedure,on,verdict,eligible_from\n';

export interface ChecksOptions {
  readonly seed: number;
  readonly region: Region;
  readonly ruleSet: RuleSet;
  readonly endsOn: number;
}

/** Everything the folder says of a person under the own number. */
function factsOf({ person, memory }: Led, endsOn: number): Omit<KnownFacts, 'askedBy'> {
  const bars = underOwnNumber(memory.listed).flatMap(({ bar, presentation: { confirmation } }) => {
    if (bar === null || confirmation === null || confirmation.confirmedOn > endsOn) return [];
    const { clearedOn } = confirmation;
    return { ...bar, until: clearedOn !== null && clearedOn <= endsOn ? bar.until : null };
  });
  const others = underOwnNumber(memory.registered).map(({ registration }) => registration);
  const { registeredOn, home } = person;
  const first = registeredOn === null ? [] : [{ station: home.code, since: civilDay(registeredOn), until: null }];
  const donations = underOwnNumber(memory.given).map(({ donation }) => donation);
  return { donations, bars, registrations: [...first, ...others], coverage: coverageOf([]), permitElsewhere: false };
}

/** Makes a line of `checks.csv` of a person. Asked at home or anywhere, before the last day or after it. */
export function createChecks({ seed, region, ruleSet, endsOn }: ChecksOptions): (led: Led, number: number) => string {
  const chance = createChance();
  return (led, number) => {
    const { person } = led;
    chance.begin(seed, firstStream + number);
    const isAtHome = chance.happens(0.5);
    const all = region.stations[chance.whole(0, region.stations.length - 1)] ?? person.home;
    const station = isAtHome ? person.home : all;
    const blood = chance.happens(0.7) ? 'WHOLE_BLOOD' : 'PLATELETS';
    const procedure = station.kind === 'PLASMA' ? 'SOURCE_PLASMA' : blood;
    const on = civilDay(endsOn + chance.whole(-180, 180));
    const known = { ...factsOf(led, endsOn), askedBy: station.code };
    const { verdict, eligibleFrom } = decide(known, ruleSet, procedure, on);
    const [type, document] = documentOf(documentIdOf(person.index, 'OWN'));
    return `${[number, station.code, type, document, procedure, on, verdict, eligibleFrom ?? ''].join(',')}\n`;
  };
}
