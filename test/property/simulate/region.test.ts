/** The simulated region: the same for the same seed, with the rates it is made of, and with what the federation is for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Person, Presentation } from '#scripts/simulate/person.ts';
import { createRegion } from '#scripts/simulate/region.ts';
import { createSimulation } from '#scripts/simulate/simulation.ts';
import type { Simulation, SimulationOptions } from '#scripts/simulate/simulation.ts';
import { counts } from '#scripts/simulate/tally.ts';
import type { Tally } from '#scripts/simulate/tally.ts';
import { dayNamed, dayOf, minuteOf } from '#scripts/simulate/time.ts';
import { variants } from '#scripts/simulate/variants.ts';
import type { VariantName } from '#scripts/simulate/variants.ts';
import { day } from '#test/support/facts.ts';

const region = createRegion(12);
const lastDay = day('2026-11-20');
const [chair, otherChair] = region.plasma.stations;

function open(options: Partial<SimulationOptions> = {}): Simulation {
  const usual = { seed: 1, region: createRegion(), until: lastDay, years: 1, scale: 0.01, variants, withPast: true };
  return createSimulation({ ...usual, ...options });
}

function talliesOf({ results }: Simulation): Record<VariantName, Tally> {
  return Object.fromEntries(results.map(({ variant, tally }) => [variant.name, tally])) as Record<VariantName, Tally>;
}

function run(options: Partial<SimulationOptions> = {}): Record<VariantName, Tally> {
  const simulation = open(options);
  for (let index = 0; index < simulation.population.size; index += 1) simulation.lead(index);
  return talliesOf(simulation);
}

describe('a simulated year', () => {
  const year = run();

  test('is the same for the same seed, and another for another', () => {
    const little = { scale: 0.002 };
    expect(run(little)).toEqual(run(little));
    expect(run({ ...little, seed: 2 })).not.toEqual(run(little));
  });

  test('has the volumes and the returning donors of the region', () => {
    const { bloodDonations, firstDonations, plasmaDonations } = year.apart;
    expect(bloodDonations / 52_000).toBeGreaterThan(0.9);
    expect(bloodDonations / 52_000).toBeLessThan(1.1);
    expect(plasmaDonations / 13_500).toBeGreaterThan(0.85);
    expect(plasmaDonations / 13_500).toBeLessThan(1.15);
    expect(1 - firstDonations / bloodDonations).toBeGreaterThan(0.5);
    expect(1 - firstDonations / bloodDonations).toBeLessThan(0.58);
  });

  test('breaks rules while stations are apart, and ten times less with the federation', () => {
    const { apart, withoutPermits, federation } = year;
    expect(apart.wholeBloodWithin30Days / apart.bloodDonations).toBeGreaterThan(0.001);
    expect(apart.plasmaAtTwoStations).toBeGreaterThan(0);
    expect(apart.wholeBloodWithin30Days).toBeGreaterThan(10 * federation.wholeBloodWithin30Days);
    expect(apart.broken).toBeGreaterThan(10 * federation.broken);
    expect(apart.shieldedGaveElsewhere).toBeGreaterThan(0);
    for (const { shieldedGaveElsewhere, referred } of [withoutPermits, federation]) {
      expect(shieldedGaveElsewhere).toBe(0);
      expect(referred).toBeGreaterThan(0);
    }
  });

  test('says of each broken rule why it could be broken', () => {
    for (const { name } of variants) {
      const { broken, notShared, lateUpload, sameMoment, ...rest } = year[name];
      const documents = rest.alternativeDocument + rest.mistypedDocument + rest.borrowedDocument;
      expect(notShared + lateUpload + sameMoment + documents).toBe(broken);
    }
  });

  test('turns nobody away who was allowed, but for a station that was not heard', () => {
    for (const { name } of variants) expect(year[name].turnedAwayWrongly).toBe(0);
  });

  test('leaves nothing when everything is told in time and everybody is who they are', () => {
    expect(year.prompt).toMatchObject({ broken: 0, shieldedGaveElsewhere: 0, plasmaAtTwoStations: 0 });
  });
});

const begins = minuteOf(dayNamed(lastDay) - 300, 0);

/** Somebody who comes again and again, anywhere, as anybody, and is told of late. */
const restless: fc.Arbitrary<Person> = fc
  .array(
    fc.record({
      minutes: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 30 * 1_440 })),
      station: fc.constantFrom(...region.stations.slice(0, 2), ...region.plasma.stations),
      isPlatelets: fc.boolean(),
      document: fc.constantFrom('OWN', 'OWN', 'OWN', 'ALTERNATIVE', 'MISTYPED', 'BORROWED'),
      isFit: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
      outcome: fc.constantFrom('COMPLETE', 'COMPLETE', 'PARTIAL', 'NO_BLOOD'),
      uploadMinutes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
      confirmedAfter: fc.option(fc.integer({ min: 1, max: 10 }), { freq: 3 }),
    }),
    { minLength: 2, maxLength: 14 },
  )
  .map((comings): Person => {
    let at = begins;
    const presentations = comings.map((coming): Presentation => {
      const { minutes, isPlatelets, confirmedAfter, uploadMinutes, ...rest } = coming;
      at += minutes;
      const blood = isPlatelets ? 'PLATELETS' : 'WHOLE_BLOOD';
      const procedure = rest.station.kind === 'PLASMA' ? 'SOURCE_PLASMA' : blood;
      const confirmedOn = dayOf(at) + (confirmedAfter ?? 0);
      const knownAt = minuteOf(confirmedOn, 9 * 60);
      const result = { marker: 'HIV', confirmedOn, knownAt, toldAt: knownAt + uploadMinutes, clearedOn: null } as const;
      const confirmation = confirmedAfter === null ? null : result;
      return { ...rest, at, procedure, volumeMl: 400, intent: 'HASTY', isFirst: false, uploadMinutes, confirmation };
    });
    const home = chair ?? otherChair;
    if (home === undefined) throw new Error('the region has no plasma station');
    return { index: 0, registeredOn: dayOf(begins) - 100, home, presentations };
  });

describe('somebody who comes again and again, anywhere and as anybody', () => {
  test('breaks nothing when everything is told in time and everybody is who they are', () => {
    fc.assert(
      fc.property(restless, (person) => {
        const simulation = open({ region });
        simulation.leadPerson(person);
        expect(talliesOf(simulation).prompt).toMatchObject({ broken: 0, plasmaAtTwoStations: 0 });
      }),
      { numRuns: 300 },
    );
  });

  test('never sits in two chairs under one number while permits are asked for', () => {
    fc.assert(
      fc.property(restless, (person) => {
        const simulation = open({ region });
        simulation.leadPerson(person);
        expect(talliesOf(simulation).lateOnly.sameMoment).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('is counted the same, whether one variant stands for another or not', () => {
    fc.assert(
      fc.property(restless, (person) => {
        const together = open({ region });
        together.leadPerson(person);
        for (const variant of variants) {
          const alone = open({ region, variants: [variant] });
          alone.leadPerson(person);
          expect(talliesOf(alone)[variant.name]).toEqual(talliesOf(together)[variant.name]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('is counted in whole and adds up', () => {
    fc.assert(
      fc.property(restless, (person) => {
        const simulation = open({ region });
        simulation.leadPerson(person);
        for (const { tally } of simulation.results) {
          const { presentations, deferred, referred, unheard, chairTaken, unfit } = tally;
          const { bloodDonations, plasmaDonations } = tally;
          expect(presentations).toBe(person.presentations.length);
          const turned = deferred + referred + unheard + chairTaken + unfit;
          expect(bloodDonations + plasmaDonations + turned).toBeLessThanOrEqual(presentations);
          for (const name of counts) expect(tally[name]).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 100 },
    );
  });
});
