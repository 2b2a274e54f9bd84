/** What protecting the largest table there is costs against adding up its cells: checks of 700 stations in a year, by month and verdict. */
import { cellCounts } from '#gateway/aggregates/cell-counts.ts';
import { protect } from '#gateway/aggregates/protect.ts';
import { createChance } from '#gateway/aggregates/protection/chance.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender, Measured, Turn } from './bench.ts';
import type { BenchWithGoals } from './goal.ts';

import { checks, regionStanding, regionTable } from './suppression/region.ts';

/** As often as fits into the time, at least once. */
function repeated(seconds: number, work: () => unknown): Promise<Turn> {
  const began = performance.now();
  const before = process.cpuUsage();
  let operations = 0;
  do {
    work();
    operations += 1;
  } while (performance.now() - began < seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return Promise.resolve({
    operations,
    seconds: (performance.now() - began) / 1000,
    cpuMs: (user + system) / 1000,
  });
}

async function measure(perMonth: number): Promise<readonly Measured[]> {
  const shape = {
    stations: 700,
    provinces: 31,
    ...checks,
    perMonth,
    random: createChance(1),
  };
  const table = regionTable(shape);
  const standing = regionStanding(table, shape);
  const contenders: Contender[] = [
    { name: 'the sums', run: (seconds) => repeated(seconds, () => cellCounts(table)) },
    {
      name: protectedTable,
      run: (seconds) => repeated(seconds, () => protect({ table, standing, threshold: 5, dominance: null })),
    },
  ];
  return measureInterleaved({ contenders, rounds: 5, seconds: 1 });
}

const protectedTable = 'the sums, protected';
const goal = { contender: protectedTable, measure: 'cpuMsEach', most: 1000 } as const;

export const suppressionBench: BenchWithGoals = {
  name: 'suppression: checks of 700 stations, 121,788 cells',
  goals: [goal],
  run: () => measure(6_000),
};

/** So that a cell in two has to be left out. Measured to be known, without a goal: nobody has so many stations that do so little. */
export const sparseSuppressionBench: BenchWithGoals = {
  name: 'suppression: the same, stations twenty times smaller',
  run: () => measure(300),
};
