/**
 * Figures of donors, whose longer periods are no sums, against whoever can solve any linear programme over all that is shown and
 * knows how such counts hang together: a whole is at least its largest part and at most their sum.
 */
import { createRequire } from 'node:module';

import fc from 'fast-check';
import type * as Highs from 'highs';
import { expect, test } from 'vitest';

import type { Place } from '#gateway/aggregates/axes.ts';
import type { Heard } from '#gateway/aggregates/books.ts';
import { makeEdition } from '#gateway/aggregates/edition.ts';
import type { Edition } from '#gateway/aggregates/edition.ts';
import { periodTree } from '#gateway/aggregates/period-tree.ts';
import { createChance } from '#gateway/aggregates/protection/chance.ts';
import { spanOf } from '#gateway/aggregates/span.ts';
import { CivilDate } from '#schema/calendar.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { Period } from '#schema/periods.ts';

// Its types describe the CommonJS build, not the one that `import` would find.
const { default: loadHighs } = createRequire(import.meta.url)('highs') as typeof Highs.default;
const highs = await loadHighs();

const codes = ['310198B01', '310298B01', '310398P01', '320198B01', '320298B01', '330198B01'];
const span = spanOf('DONORS', 2024);
const closedUntil = CivilDate.parse('2025-01-01');
const threshold = span.shape.threshold;

const placeOf = (code: string): Place => ({
  station: StationCode.parse(code),
  province: ProvinceCode.parse(code.slice(0, 2)),
  kind: code.includes('P') ? 'PLASMA' : 'BLOOD',
});

/** A year of one station of about so many donors a month, of whom some come again: its counts of months, quarters and the year. */
function yearOf(code: string, size: number, random: () => number): Heard {
  const first = Math.floor(random() * random() * 12);
  const months = Array.from({ length: 12 }, (_, month) => {
    const visits = month < first ? 0 : Math.floor(random() * size);
    return new Set(Array.from({ length: visits }, () => Math.floor(random() * size * 4)));
  });
  const donorsOf = (from: number, to: number): number =>
    new Set(months.slice(from, to).flatMap((one) => [...one])).size;
  const counts: [string, number][] = [
    ...months.map((_, at): [string, number] => [`2024-${String(at + 1).padStart(2, '0')}`, donorsOf(at, at + 1)]),
    ...[0, 1, 2, 3].map((at): [string, number] => [`2024-Q${at + 1}`, donorsOf(3 * at, 3 * at + 3)]),
    ['2024', donorsOf(0, 12)],
  ];
  return {
    ...{ ...placeOf(code), year: 2024, closedUntil, at: '2025-02-01T00:00:00.000Z' },
    counts: counts.flatMap(([period, count]): Heard['counts'] =>
      count === 0 ? [] : [[Period.parse(period), 'ALL', count]],
    ),
  };
}

/** Everything that is shown, and what follows from how counts hang together, over a variable a station and period. */
function knowledgeOf({
  areas,
  periods,
  count,
}: Pick<Edition, 'areas' | 'periods'> & { count: (area: number, period: number) => number | null }) {
  const width = periods.nodes.length;
  const model = highs.createModel();
  model.options.set({ output_flag: false });
  for (let at = 0; at < areas.leaves * width; at += 1) model.addVar(0, highs.infinity);
  const { parts } = periodTree(periods.nodes.map(({ name }) => Period.parse(name)));
  const atMost = (indices: number[], values: number[]): unknown =>
    model.addRow(-highs.infinity, 0, { indices, values });
  for (let station = 0; station < areas.leaves; station += 1) {
    parts.forEach((made, whole) => {
      const [of, ...in_] = [whole, ...made].map((period) => station * width + period);
      if (of === undefined || in_.length === 0) return;
      atMost([of, ...in_], [1, ...in_.map(() => -1)]);
      for (const one of in_) atMost([one, of], [1, -1]);
    });
  }
  const secrets: number[] = [];
  areas.nodes.forEach(({ leaves }, area) => {
    periods.nodes.forEach((_, period) => {
      const shown = count(area, period);
      const indices = leaves.map((station) => station * width + period);
      if (shown !== null) model.addRow(shown, shown, { indices, values: indices.map(() => 1) });
      else if (indices.length === 1) secrets.push(...indices);
    });
  });
  return { model, secrets };
}

/** How many counts of single stations can be told to lie in a narrower range than the threshold. */
function toldBy(edition: Edition): number {
  const { model, secrets } = knowledgeOf({ ...edition, count: (area, period) => edition.count(area, period, 0) });
  const { minimize, maximize } = highs.constants.objectiveSense;
  const bound = (at: number, sense: Highs.ObjectiveSense): number | undefined => {
    model.changeColCost(at, 1);
    model.changeObjectiveSense(sense);
    model.run();
    const isSolved = model.getModelStatus() === highs.constants.modelStatus.optimal;
    const value = isSolved ? model.getSolution().colValue[at] : undefined;
    model.changeColCost(at, 0);
    return value;
  };
  return secrets.filter((at) => (bound(at, maximize) ?? Infinity) - (bound(at, minimize) ?? 0) < threshold - 1e-6)
    .length;
}

function editionOf(heard: readonly Heard[], shown: Edition['shown'] | null, all: readonly string[]): Edition {
  const edition = makeEdition(span, all.toSorted().map(placeOf), closedUntil, { heard, shown });
  if (edition === undefined) throw new Error('nothing is closed');
  return edition;
}

const regions = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  sizes: fc.array(fc.constantFrom(3, 8, 20, 60, 200), { minLength: 3, maxLength: codes.length }),
  late: fc.nat({ max: 5 }),
});

test('no count of donors can be told more closely than its threshold, whoever is heard later', () => {
  fc.assert(
    fc.property(regions, ({ seed, sizes, late }) => {
      const random = createChance(seed);
      const all = codes.slice(0, sizes.length);
      const heard = all.map((code, at) => yearOf(code, sizes[at] ?? 3, random));
      const before = editionOf(heard.toSpliced(late % all.length, 1), null, all);
      const after = editionOf(heard, before.shown, all);
      expect(toldBy(after)).toBe(0);
      expect(toldBy(editionOf(heard, null, all))).toBe(0);
    }),
    // Where a year was shown that one quarter made up alone.
    { numRuns: 50, examples: [[{ seed: 787_078, sizes: [8, 60, 8, 60, 60, 200], late: 3 }]] },
  );
}, 120_000);

test('in a region of 700 stations, those of the usual size have nearly all of their figures shown', () => {
  const random = createChance(7);
  const many = Array.from({ length: 700 }, (_, at) => `${11 + (at % 31)}${String(1_000 + at)}B01`);
  const heard = many.map((code, at) => yearOf(code, at % 50 === 0 ? 8 : 150, random));
  const edition = editionOf(heard, null, many);
  let shown = 0;
  const cells = edition.areas.nodes.length * edition.periods.nodes.length;
  for (const area of edition.areas.nodes.keys())
    for (const period of edition.periods.nodes.keys()) if (edition.count(area, period, 0) !== null) shown += 1;
  expect(shown / cells).toBeGreaterThan(0.9);
});
