/**
 * What a station is asked for a year of figures, with few donations and with many: it comes from counts that are kept as things
 * happen. Beside it the query over the rows that would say the same.
 */
import type { Pool } from 'pg';

import type { BooksPort } from '#node/counts-port.ts';

import { measureInterleaved } from './bench.ts';
import type { Contender } from './bench.ts';
import { openBenchBooks, sizes } from './counts/data.ts';
import type { BenchWithGoals } from './goal.ts';

const year = 2024;
const exact = `
  SELECT to_char(collected_on, 'YYYY-MM'), procedure, count(*), count(DISTINCT token) FROM donation
  WHERE collected_on >= '${year}-01-01' AND collected_on < '${year + 1}-01-01' AND outcome <> 'NO_BLOOD' GROUP BY 1, 2`;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const contender = (name: string, ask: () => Promise<unknown>): Contender => ({
  name,
  run: async (seconds) => {
    const [began, cpuBefore] = [performance.now(), cpuMs()];
    const waits: number[] = [];
    do {
      const before = performance.now();
      await ask();
      waits.push(performance.now() - before);
    } while (performance.now() < began + seconds * 1000);
    const taken = (performance.now() - began) / 1000;
    return { operations: waits.length, seconds: taken, cpuMs: cpuMs() - cpuBefore, waits };
  },
});

const fromBooks = async (books: BooksPort): Promise<void> => {
  await books.closedCounts({ family: 'DONATIONS', year });
  await books.closedCounts({ family: 'DONORS', year });
};
const fromRows = async (pool: Pool): Promise<void> => {
  await pool.query(exact);
};

const donations = (size: keyof typeof sizes): string => `${sizes[size].toLocaleString('en')} donations`;

/** At most 1.2 times as long with a hundred times the donations. */
export const countsBench: BenchWithGoals = {
  name: 'counts: a year of donations and donors, one at a time',
  goals: [{ contender: `counts, ${donations('large')}`, measure: 'perSecond', ratio: 0.83 }],
  async run() {
    await using stations = await openBenchBooks();
    const { small, large } = stations;
    const contenders = [
      contender(`counts, ${donations('small')}`, () => fromBooks(small.books)),
      contender(`counts, ${donations('large')}`, () => fromBooks(large.books)),
      contender(`query over ${donations('small')}`, () => fromRows(small.pool)),
      contender(`query over ${donations('large')}`, () => fromRows(large.pool)),
    ];
    return await measureInterleaved({ contenders, rounds: 11, seconds: 0.5 });
  },
};
