/**
 * A region as large as any: stations in 31 provinces, most for blood and some for plasma, a year of months, and how much each
 * does drawn from a seed. Sizes are like those of the real ones: a few large, many small; rare procedures hardly anywhere.
 */
import type { Axis, CountTable } from '#gateway/aggregates/count-table.ts';
import { Standing } from '#gateway/aggregates/standing.ts';

/** How large, and out of which numbers. */
export interface RegionShape {
  readonly stations: number;
  readonly provinces: number;
  /** How often a class is counted among all, blood stations first, then plasma stations. */
  readonly shares: readonly (readonly [blood: number, plasma: number])[];
  /** Classes that are sums of others, besides the one of all. */
  readonly sums: readonly (readonly number[])[];
  /** What a mean station counts in a month. */
  readonly perMonth: number;
  /** A number from 0 up to 1 at each call. */
  readonly random: () => number;
}

/** The procedures of the family of donations; source plasma comes last. */
export const donations = {
  shares: [
    [0.9, 0],
    [0.07, 0],
    [0.02, 0],
    [0.009, 0],
    [0.0003, 0],
    [0, 1],
  ],
  sums: [],
} as const;

/** The verdicts of the family of checks: eligible, deferred (own, same province, other province), referred, indeterminate. */
export const checks = {
  shares: [
    [0.83, 0.85],
    [0.05, 0.05],
    [0.02, 0.01],
    [0.005, 0.002],
    [0.08, 0.08],
    [0.01, 0.01],
  ],
  sums: [
    [1, 2, 3],
    [2, 3],
  ],
} as const;

const everyFourthOrSo = 3.5;
const isPlasma = (station: number): boolean => station % everyFourthOrSo >= everyFourthOrSo - 1;

const numbers = (count: number): number[] => [...Array(count).keys()];
const node = (name: string, leaves: number[]) => ({ name, leaves });

/** The region, the kinds, provinces, the kinds of each, and stations. */
function areasOf({ stations, provinces }: RegionShape): Axis {
  const all = numbers(stations);
  const kinds = [all.filter((at) => !isPlasma(at)), all.filter(isPlasma)];
  const inProvince = numbers(provinces).map((province) => all.filter((at) => at % provinces === province));
  return {
    leaves: stations,
    nodes: [
      node('all', all),
      ...kinds.map((of, kind) => node(`kind ${kind}`, of)),
      ...inProvince.flatMap((of, province) => [
        node(`province ${province}`, of),
        ...kinds.map((kind, at) =>
          node(
            `province ${province} kind ${at}`,
            of.filter((one) => kind.includes(one)),
          ),
        ),
      ]),
      ...all.map((at) => node(`station ${at}`, [at])),
    ],
  };
}

/** Months, quarters and the year. */
const year: Axis = {
  leaves: 12,
  nodes: [
    node('year', numbers(12)),
    ...numbers(4).map((quarter) => node(`quarter ${quarter}`, [3 * quarter, 3 * quarter + 1, 3 * quarter + 2])),
    ...numbers(12).map((month) => node(`month ${month}`, [month])),
  ],
};

/** Near enough to how counts of independent events scatter. */
function scattered(mean: number, random: () => number): number {
  if (mean === 0) return 0;
  if (mean > 30) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count += 1;
  return count;
}

/** A year of one family, by station, month and class. */
export function regionTable(shape: RegionShape): CountTable {
  const { stations, shares, sums, perMonth, random } = shape;
  const classes: Axis = {
    leaves: shares.length,
    nodes: [
      node('all', numbers(shares.length)),
      ...sums.map((of) => node(`classes ${of.join()}`, [...of])),
      ...numbers(shares.length).map((at) => node(`class ${at}`, [at])),
    ],
  };
  const counts = new Float64Array(stations * 12 * shares.length);
  let at = 0;
  for (let station = 0; station < stations; station += 1) {
    const size = perMonth * (0.2 + 1.6 * random() ** 3 * 2);
    for (let month = 0; month < 12; month += 1) {
      for (const [blood, plasma] of shares) {
        counts[at] = scattered(size * (isPlasma(station) ? plasma : blood), random);
        at += 1;
      }
    }
  }
  return { axes: [areasOf(shape), year, classes], counts };
}

/** Every cell may be shown; those of classes that a kind of station never counts are known to be 0. */
export function regionStanding({ axes: [areas, periods, classes] }: CountTable, shape: RegionShape): Uint8Array {
  const never = (station: number, of: number) => shape.shares[of]?.[isPlasma(station) ? 1 : 0] === 0;
  return Uint8Array.from(
    areas.nodes.flatMap(({ leaves }) => {
      const row = classes.nodes.map((of) =>
        leaves.every((station) => of.leaves.every((one) => never(station, one))) ? Standing.FIXED : Standing.OPEN,
      );
      return periods.nodes.flatMap(() => row);
    }),
  );
}
