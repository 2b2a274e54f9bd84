/** What the simulated region is made of: its stations, and chance. */
import { describe, expect, test } from 'vitest';

import { between, createChance, weighted } from '#scripts/simulate/chance.ts';
import { concealment } from '#scripts/simulate/behaviour.ts';
import { reporting } from '#scripts/simulate/parameters.ts';
import { allStations, createRegion } from '#scripts/simulate/region.ts';

describe('the region', () => {
  test('has 79 blood stations and 30 plasma stations, each with a code of its own', () => {
    const { stations, blood, plasma } = createRegion();
    expect([blood.stations.length, plasma.stations.length, allStations]).toEqual([79, 30, 109]);
    expect(new Set(stations.map(({ code }) => code)).size).toBe(109);
    expect(blood.donations).toBeCloseTo(5_200_000, -3);
  });

  test('has both kinds and every province when it is small', () => {
    const { blood, plasma } = createRegion(12);
    expect([blood.stations.length, plasma.stations.length]).toEqual([9, 3]);
    expect(new Set(blood.stations.map(({ province }) => province)).size).toBe(7);
  });

  test('sends a visitor to a neighbour in the province, or far away, and never home', () => {
    const region = createRegion();
    const chance = createChance();
    chance.begin(1, 1);
    const home = region.blood.stations[3];
    if (home === undefined) throw new Error('there is no station');
    for (let time = 0; time < 200; time += 1) {
      const [near, far] = [region.neighbourOf(home, chance), region.farFrom(home, chance)];
      expect([near.province === home.province, near === home, far.province === home.province]).toEqual([
        true,
        false,
        false,
      ]);
    }
  });
});

describe('chance', () => {
  test('begins anew with each stream', () => {
    const chance = createChance();
    const numbers = (seed: number, stream: number) => {
      chance.begin(seed, stream);
      return [chance.next(), chance.next()];
    };
    expect(numbers(1, 7)).toEqual(numbers(1, 7));
    expect(numbers(1, 7)).not.toEqual(numbers(1, 8));
    expect(numbers(1, 7)).not.toEqual(numbers(2, 7));
    expect(numbers(1, 7)).not.toEqual(numbers(1, 7 + 2 ** 32));
  });

  test('keeps to the points a distribution goes through', () => {
    const chance = createChance();
    chance.begin(1, 1);
    const delays = Array.from({ length: 100_000 }, () => between(chance, reporting.uploadMinutes));
    const shareAbove = (minutes: number) => delays.filter((delay) => delay > minutes).length / delays.length;
    expect(shareAbove(120)).toBeCloseTo(0.5, 2);
    expect(shareAbove(1_440)).toBeCloseTo(0.02, 2);
    expect(shareAbove(7_200)).toBeGreaterThan(0.001);
    expect(shareAbove(7_200)).toBeLessThan(0.003);
    expect(shareAbove(43_200)).toBe(0);
  });

  test('chooses by weight', () => {
    const chance = createChance();
    chance.begin(1, 1);
    const chosen = Array.from({ length: 10_000 }, () =>
      weighted(chance, [
        [3, 'often'],
        [1, 'seldom'],
      ] as const),
    );
    expect(chosen.filter((one) => one === 'often').length / chosen.length).toBeCloseTo(0.75, 1);
  });

  test('has about one shielded person in forty conceal it, as 4.7 per 100,000 donations ask for', () => {
    expect(concealment).toBeCloseTo(0.0276, 3);
  });
});
