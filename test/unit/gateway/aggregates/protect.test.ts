/** What is suppressed of small tables whose answers can be worked out by hand (cases H of the hostile ones). */
import { describe, expect, test } from 'vitest';

import type { Axis, CountTable } from '#gateway/aggregates/count-table.ts';
import { createChance } from '#gateway/aggregates/protection/chance.ts';
import { protect } from '#gateway/aggregates/protect.ts';
import type { ProtectOptions } from '#gateway/aggregates/protect.ts';
import { Standing } from '#gateway/aggregates/standing.ts';
import { donations, regionStanding, regionTable } from '#scripts/bench/suppression/region.ts';

/** An axis with a node for each leaf, and named sums. */
function axis(leaves: string, sums: Readonly<Record<string, string>> = {}): Axis {
  const names = Array.from(leaves);
  return {
    leaves: names.length,
    nodes: [
      ...names.map((name, at) => ({ name, leaves: [at] })),
      ...Object.entries(sums).map(([name, of]) => ({
        name,
        leaves: Array.from(of).map((leaf) => names.indexOf(leaf)),
      })),
    ],
  };
}

const one = axis('*');
const stations = axis('ABCD', { 'A to C': 'ABC', all: 'ABCD' });
const everything = (table: CountTable, standing: Standing = Standing.OPEN): Uint8Array =>
  new Uint8Array(table.axes[0].nodes.length * table.axes[1].nodes.length * table.axes[2].nodes.length).fill(standing);

/** What becomes of each area when there is one period and one class: its count, or x. */
function shown(options: Omit<ProtectOptions, 'standing'> & { readonly standing?: Uint8Array }): string {
  const standing = options.standing ?? everything(options.table);
  const { counts, suppressed } = protect({ ...options, standing });
  return options.table.axes[0].nodes
    .map(({ name }, at) => {
      const isShown = standing[at] === Standing.FIXED || (standing[at] === Standing.OPEN && suppressed[at] === 0);
      return `${name} ${isShown ? (counts[at] ?? 0) : 'x'}`;
    })
    .join(', ');
}

const table = (...counts: number[]): CountTable => ({ axes: [stations, one, one], counts: Float64Array.from(counts) });

describe('a count from 1 to below the threshold', () => {
  test('is left out, and with it one more of its sum, that it cannot be taken from (H1)', () => {
    const options = { table: table(3, 40, 60, 50), threshold: 5, dominance: null };
    expect(shown(options)).toBe('A x, B x, C 60, D 50, A to C 103, all 153');
  });

  test('of two together hides both, when each can be all of their sum', () => {
    const options = { table: table(3, 4, 60, 50), threshold: 5, dominance: null };
    expect(shown(options)).toBe('A x, B x, C 60, D 50, A to C 67, all 117');
  });

  test('of two together is not enough where their sum is small too', () => {
    const options = { table: table(1, 2, 60, 50), threshold: 5, dominance: null };
    expect(shown(options)).toBe('A x, B x, C x, D 50, A to C 63, all 113');
  });

  test('is one from 1 to 10 where the threshold is 11', () => {
    const options = { table: table(10, 11, 60, 50), threshold: 11, dominance: null };
    expect(shown(options)).toBe('A x, B x, C 60, D 50, A to C 81, all 131');
  });

  test('is not 0: nothing is left out where there is nothing to hide', () => {
    const options = { table: table(0, 5, 60, 50), threshold: 5, dominance: null };
    expect(shown(options)).toBe('A 0, B 5, C 60, D 50, A to C 65, all 115');
  });

  test('is hidden by four cells where both axes have sums', () => {
    const months = axis('12', { both: '12' });
    const both: CountTable = {
      axes: [axis('ABC', { all: 'ABC' }), months, one],
      counts: Float64Array.from([3, 20, 30, 40, 50, 60]),
    };
    const { suppressed } = protect({ table: both, standing: everything(both), threshold: 5, dominance: null });
    // A and B in both months; C, the sums of the stations and those of the months stay.
    expect([...suppressed]).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('a sum that one station dominates', () => {
  const provinces = axis('ABCD', { 'A and B': 'AB', 'C and D': 'CD', all: 'ABCD' });
  const of = (...counts: number[]): CountTable => ({ axes: [provinces, one, one], counts: Float64Array.from(counts) });
  const sumsOnly = Uint8Array.from(provinces.nodes, ({ leaves }) =>
    leaves.length === 1 ? Standing.HIDDEN : Standing.OPEN,
  );

  test('is left out at 95 in 100, and with it the one it could be taken from (H4)', () => {
    const options = { table: of(190, 10, 60, 50), standing: sumsOnly, threshold: 11, dominance: 0.9 };
    expect(shown(options)).toBe('A x, B x, C x, D x, A and B x, C and D x, all 310');
  });

  test('is shown at 80 in 100', () => {
    const options = { table: of(160, 40, 60, 50), standing: sumsOnly, threshold: 11, dominance: 0.9 };
    expect(shown(options)).toBe('A x, B x, C x, D x, A and B 200, C and D 110, all 310');
  });
});

describe('what was shown before', () => {
  const [ofThree, all] = [4, 5];

  test('stays, and what is heard later is not given away by it', () => {
    const standing = everything(table());
    standing[ofThree] = Standing.FIXED;
    const options = { table: table(30, 40, 60, 3), standing, threshold: 5, dominance: null };
    expect(shown(options)).toBe('A 30, B 40, C 60, D x, A to C 130, all x');
  });

  test('is no reason to hide what is large', () => {
    const standing = everything(table());
    standing[ofThree] = Standing.FIXED;
    const options = { table: table(30, 40, 60, 20), standing, threshold: 5, dominance: null };
    expect(shown(options)).toBe('A 30, B 40, C 60, D 20, A to C 130, all 150');
  });

  test('may have given something away: that is said, and nothing more is shown of it, but of all else', () => {
    const months: CountTable = {
      axes: [stations, axis('12'), one],
      counts: Float64Array.from([30, 7, 40, 8, 60, 9, 3, 50]),
    };
    const standing = everything(months);
    const inFirst = (area: number): number => area * 2;
    for (const area of [ofThree, all]) standing[inFirst(area)] = Standing.FIXED;
    const { suppressed, uncovered } = protect({ table: months, standing, threshold: 5, dominance: null });
    expect(uncovered).toEqual([inFirst(3)]);
    expect([...suppressed.keys()].filter((cell) => suppressed[cell] === 1)).toEqual([0, 2, 4, 6]);
  });
});

describe('of a region like the real one', () => {
  const shape = { stations: 109, provinces: 7, ...donations, perMonth: 6_000, random: createChance(7) };
  const region = regionTable(shape);
  const standing = regionStanding(region, shape);
  const protection = protect({ table: region, standing, threshold: 5, dominance: null });

  test('no more than twice as much is left out as is small, and nothing of the region in a year but what is rare', () => {
    const { counts, suppressed, uncovered } = protection;
    const cells = [...standing.keys()].filter((cell) => standing[cell] === Standing.OPEN);
    const small = cells.filter((cell) => (counts[cell] ?? 0) > 0 && (counts[cell] ?? 0) < 5);
    const left = cells.filter((cell) => suppressed[cell] === 1);
    expect(uncovered).toEqual([]);
    expect(left.length).toBeGreaterThan(small.length);
    expect(left.length / small.length).toBeLessThan(3);
    expect(left.length / cells.length).toBeLessThan(0.25);
    expect([...suppressed.subarray(0, 5)]).toEqual([0, 0, 0, 0, 0]);
  });

  test('the same is left out each time', () => {
    expect(protect({ table: region, standing, threshold: 5, dominance: null })).toEqual(protection);
  });
});
