/** What protecting the largest table costs against adding up its cells: 700 stations, a year of months, six procedures. */
import { cellCounts } from '#gateway/aggregates/cell-counts.ts';
import { protect } from '#gateway/aggregates/protect.ts';
import { createChance } from '#gateway/aggregates/protection/chance.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender, Measured, Turn } from './bench.ts';
import type { BenchWithGoals } from './goal.ts';

import { donationShares, regionStanding, regionTable } from './suppression/region.ts';

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
    shares: donationShares,
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
const goals = [{ contender: protectedTable, measure: 'cpuMsEach', most: 1000 }] as const;

export const suppressionBench: BenchWithGoals = {
  name: 'suppression: donations of 700 stations, 94,724 cells',
  goals,
  run: () => measure(6_000),
};

/** Every other cell small, so that hardly any station can be shown by month and procedure. */
export const sparseSuppressionBench: BenchWithGoals = {
  name: 'suppression: the same, stations twenty times smaller',
  goals,
  run: () => measure(300),
};
