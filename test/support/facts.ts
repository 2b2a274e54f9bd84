/** Builders of facts for tests: only what a test is about is written in it. */
import { CivilDate } from '#schema/calendar.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { KnownFacts } from '#schema/decision.ts';
import type { BarFact, DonationFact, RegistrationFact } from '#schema/facts.ts';
import { StationCode } from '#schema/ids.ts';
import { ruleSets } from '#schema/rule-sets.ts';
import type { RuleSet } from '#schema/rule-set.ts';

export const shanghai = StationCode.parse('310198B01');
export const jiangsu = StationCode.parse('320198B01');
export const plasmaStation = StationCode.parse('330798P01');
export const otherPlasmaStation = StationCode.parse('361098P01');

export const day = (text: string): CivilDate => CivilDate.parse(text);

export function ruleSetNamed(id: string): RuleSet {
  const found = ruleSets.get(id);
  if (found === undefined) throw new Error(`no rule set ${id}`);
  return found;
}

export function donation(collectedOn: string, fact: Partial<DonationFact> = {}): DonationFact {
  return {
    station: jiangsu,
    procedure: 'WHOLE_BLOOD',
    collectedOn: day(collectedOn),
    volumeMl: 400,
    outcome: 'COMPLETE',
    ...fact,
  };
}

export function bar(since: string, until: string | null = null): BarFact {
  return { station: jiangsu, since: day(since), until: until === null ? null : day(until) };
}

export function registration(station: StationCode, since: string, until: string | null = null): RegistrationFact {
  return { ...bar(since, until), station };
}

/** Facts as known by a station that heard from everybody. */
export function known(facts: Partial<KnownFacts> = {}): KnownFacts {
  return {
    askedBy: shanghai,
    donations: [],
    bars: [],
    registrations: [],
    coverage: coverageOf([]),
    permitElsewhere: false,
    ...facts,
  };
}

/** A coverage in which one station is missing. */
export const incomplete = coverageOf([
  { station: shanghai, state: 'OWN', asOf: '2026-11-21T00:00:00.000Z', fault: null },
  { station: jiangsu, state: 'MISSING', asOf: null, fault: 'STATION_TIMEOUT' },
]);
