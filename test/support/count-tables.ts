/** Small tables of counts by chance: stations in provinces and of kinds, months in quarters, classes in a tree. */
import fc from 'fast-check';

import type { Axis, AxisNode, CountTable } from '#gateway/aggregates/count-table.ts';

const numbers = (count: number): number[] => [...Array(count).keys()];
const node = (name: string, leaves: readonly number[]): AxisNode => ({ name, leaves });
const leaves = (name: string, count: number): AxisNode[] => numbers(count).map((at) => node(`${name} ${at}`, [at]));

/** Stations, provinces, kinds, and the kinds of each province: no tree. */
function areasOf(places: readonly (readonly [province: number, kind: number])[], stations: boolean): Axis {
  const where = (holds: (province: number, kind: number) => boolean): number[] =>
    numbers(places.length).filter((at) => holds(...(places[at] ?? [0, 0])));
  const groups = [
    node('all', numbers(places.length)),
    ...numbers(2).map((kind) =>
      node(
        `kind ${kind}`,
        where((_, of) => of === kind),
      ),
    ),
    ...numbers(3).flatMap((province) => [
      node(
        `province ${province}`,
        where((of) => of === province),
      ),
      ...numbers(2).map((kind) =>
        node(
          `province ${province} kind ${kind}`,
          where((one, other) => one === province && other === kind),
        ),
      ),
    ]),
  ].filter((group) => group.leaves.length > 0);
  return { leaves: places.length, nodes: [...groups, ...(stations ? leaves('station', places.length) : [])] };
}

function periodsOf(months: number): Axis {
  const quarters = numbers(Math.ceil(months / 2)).map((at) =>
    node(
      `quarter ${at}`,
      [2 * at, 2 * at + 1].filter((month) => month < months),
    ),
  );
  return { leaves: months, nodes: [node('year', numbers(months)), ...quarters, ...leaves('month', months)] };
}

/** The last two classes are parts of one. */
function classesOf(classes: number): Axis {
  const nested = classes > 2 ? [node('last two', [classes - 2, classes - 1])] : [];
  return { leaves: classes, nodes: [node('all', numbers(classes)), ...nested, ...leaves('class', classes)] };
}

const count = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 3, arbitrary: fc.integer({ min: 5, max: 30 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 100_000 }) },
);

/** A table; `stations` says whether stations are shown, or only sums over them. */
export const countTables = (stations: boolean): fc.Arbitrary<CountTable> =>
  fc
    .record({
      places: fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 })), {
        minLength: 1,
        maxLength: 6,
      }),
      months: fc.integer({ min: 1, max: 4 }),
      classes: fc.integer({ min: 1, max: 3 }),
    })
    .chain(({ places, months, classes }) =>
      fc
        .array(count, { minLength: places.length * months * classes, maxLength: places.length * months * classes })
        .map((counts) => ({
          axes: [areasOf(places, stations), periodsOf(months), classesOf(classes)] as const,
          counts: Float64Array.from(counts),
        })),
    );

/** The leaves of each cell of a table, at its place. */
export function leavesOfCells({ axes: [areas, periods, classes] }: CountTable): readonly (readonly number[])[] {
  return areas.nodes.flatMap((area) =>
    periods.nodes.flatMap((period) =>
      classes.nodes.map((of) =>
        area.leaves.flatMap((a) =>
          period.leaves.flatMap((p) => of.leaves.map((c) => (a * periods.leaves + p) * classes.leaves + c)),
        ),
      ),
    ),
  );
}
