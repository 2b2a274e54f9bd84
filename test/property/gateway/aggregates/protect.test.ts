/** Tables of counts, attacked with all that linear arithmetic can do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { protect } from '#gateway/aggregates/protect.ts';
import type { ProtectOptions } from '#gateway/aggregates/protect.ts';
import { Standing } from '#gateway/aggregates/standing.ts';
import { toldTooClosely } from '#test/support/bounds.ts';
import { countTables, leavesOfCells } from '#test/support/count-tables.ts';
import { leavesOf, seenOver } from '#test/support/editions.ts';
import type { Moment } from '#test/support/editions.ts';

const families = [
  { name: 'activity', stations: true, threshold: 5, dominance: null },
  { name: 'infections', stations: false, threshold: 11, dominance: 0.9 },
] as const;

/** Which cells are shown once it is decided. */
const shownOf = ({ standing }: ProtectOptions, suppressed: Uint8Array): number[] =>
  [...standing.keys()].filter(
    (cell) => standing[cell] === Standing.FIXED || (standing[cell] === Standing.OPEN && suppressed[cell] === 0),
  );

/** Over which range a cell must be movable: its threshold, or a tenth of it when one station makes up nearly all of it. */
function needOf({ table, threshold, dominance }: ProtectOptions, leaves: readonly number[]): number {
  const [, periods, classes] = table.axes;
  const byStation = Map.groupBy(leaves, (leaf) => Math.floor(leaf / (periods.leaves * classes.leaves)));
  const sum = (of: readonly number[]): number => of.reduce((total, leaf) => total + (table.counts[leaf] ?? 0), 0);
  const largest = Math.max(...[...byStation.values()].map(sum));
  const isDominated = dominance !== null && largest >= dominance * sum(leaves);
  return isDominated ? Math.max(threshold, sum(leaves) / 10) : threshold;
}

describe.each(families)('of $name', ({ stations, threshold, dominance }) => {
  /** Any cell may be open, hidden or nobody's; many are open. */
  const options = countTables(stations).chain((table) => {
    const cells = leavesOfCells(table).length;
    const one = fc.oneof(
      { weight: 12, arbitrary: fc.constant(Standing.OPEN) },
      { weight: 1, arbitrary: fc.constantFrom(Standing.HIDDEN, Standing.IGNORED) },
    );
    return fc
      .array(one, { minLength: cells, maxLength: cells })
      .map((standing) => ({ table, standing: Uint8Array.from(standing), threshold, dominance }));
  });

  test('no cell that is not shown can be told more closely than it may be', () => {
    fc.assert(
      fc.property(options, (of) => {
        const { suppressed, counts, uncovered } = protect(of);
        expect(uncovered).toEqual([]);
        const leaves = leavesOfCells(of.table);
        const shown = shownOf(of, suppressed).map((cell) => ({
          leaves: leaves[cell] ?? [],
          count: counts[cell] ?? 0,
        }));
        const secret = [...counts.keys()].filter(
          (cell) => (suppressed[cell] === 1 || of.standing[cell] === Standing.HIDDEN) && (counts[cell] ?? 0) > 0,
        );
        const figures = secret.map((cell) => ({ leaves: leaves[cell] ?? [], need: needOf(of, leaves[cell] ?? []) }));
        expect(toldTooClosely(of.table.counts.length, shown, figures)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('neither can it after any sequence of answers while stations are heard and months close', () => {
    const sequences = countTables(true).chain((table) => {
      const [areas, periods] = table.axes;
      const step = fc.record({ more: fc.subarray([...Array(areas.leaves).keys()]), months: fc.nat({ max: 1 }) });
      return fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => {
        let moment: Moment = { heard: new Set(), months: 0 };
        const moments = steps.map(({ more, months }) => {
          moment = {
            heard: new Set([...moment.heard, ...more]),
            months: Math.min(periods.leaves, moment.months + months),
          };
          return moment;
        });
        const all = { heard: new Set(Array(areas.leaves).keys()), months: periods.leaves };
        return { table, moments: [...moments, all] };
      });
    });
    fc.assert(
      fc.property(sequences, ({ table, moments }) => {
        const { shown, secret, uncovered } = seenOver(table, moments, { threshold, dominance, stations });
        expect(uncovered).toBe(0);
        const sum = (leaves: readonly number[]) => leaves.reduce((total, leaf) => total + (table.counts[leaf] ?? 0), 0);
        for (const [key, count] of shown) expect(count).toBe(sum(leavesOf(key)));
        const kept = [...secret].map(leavesOf).filter((leaves) => sum(leaves) > 0);
        const figures = [...shown].map(([key, count]) => ({ leaves: leavesOf(key), count }));
        const secrets = kept.map((leaves) => ({ leaves, need: threshold }));
        expect(toldTooClosely(table.counts.length, figures, secrets)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
