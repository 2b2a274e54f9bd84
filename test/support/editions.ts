/**
 * What somebody sees of one table who asks again and again, while stations are heard one after the other and months close: of each
 * area what is known of it, and everything that was ever shown.
 */
import type { AxisNode, CountTable } from '#gateway/aggregates/count-table.ts';
import { protect } from '#gateway/aggregates/protect.ts';
import type { ProtectOptions } from '#gateway/aggregates/protect.ts';
import { Standing } from '#gateway/aggregates/standing.ts';
import { leavesOfCells } from '#test/support/count-tables.ts';

/** What is known at one time. */
export interface Moment {
  /** Stations that have been heard, and how many months are closed. */
  readonly heard: ReadonlySet<number>;
  readonly months: number;
}

/** All that was shown, and all that was not, by the leaves of each cell. */
export interface Seen {
  readonly shown: ReadonlyMap<string, number>;
  readonly secret: ReadonlySet<string>;
  /** How many cells could not be kept. */
  readonly uncovered: number;
}

export const keyOf = (leaves: readonly number[]): string => leaves.join();
export const leavesOf = (key: string): number[] => key.split(',').map(Number);

/** The table as it is known: other counts are 0, and only closed periods are there. */
function known({ axes: [areas, periods, classes], counts }: CountTable, { heard, months }: Moment, nodes: AxisNode[]) {
  const perStation = periods.leaves * classes.leaves;
  return {
    axes: [
      { leaves: areas.leaves, nodes },
      { leaves: periods.leaves, nodes: periods.nodes.filter(({ leaves }) => leaves.every((month) => month < months)) },
      classes,
    ] as const,
    counts: counts.map((count, at) => {
      const [station, month] = [Math.floor(at / perStation), Math.floor(at / classes.leaves) % periods.leaves];
      return heard.has(station) && month < months ? count : 0;
    }),
  };
}

/** Asks at one moment after the other; `stations` says whether single stations are ever shown. */
export function seenOver(
  table: CountTable,
  moments: readonly Moment[],
  { stations, ...limits }: Pick<ProtectOptions, 'threshold' | 'dominance'> & { readonly stations: boolean },
): Seen {
  const [areas] = table.axes;
  const nodes = new Map(areas.nodes.map((node) => [keyOf(node.leaves), node]));
  const shown = new Map<string, number>();
  const secret = new Set<string>();
  let uncovered = 0;
  for (const moment of moments) {
    const asked = areas.nodes.map(({ leaves }) => leaves.filter((station) => moment.heard.has(station)));
    for (const leaves of asked) if (leaves.length > 0) nodes.set(keyOf(leaves), { name: 'known', leaves });
    const now = known(table, moment, [...nodes.values()]);
    const isAsked = new Set(asked.map(keyOf));
    const perArea = now.axes[1].nodes.length * now.axes[2].nodes.length;
    const cells = leavesOfCells(now);
    const standing = Uint8Array.from(cells, (leaves, cell) => {
      const area = now.axes[0].nodes[Math.floor(cell / perArea)]?.leaves ?? [];
      if (shown.has(keyOf(leaves))) return Standing.FIXED;
      if (area.some((station) => !moment.heard.has(station))) return Standing.IGNORED;
      if (!stations && area.length === 1) return Standing.HIDDEN;
      if (isAsked.has(keyOf(area))) return Standing.OPEN;
      return secret.has(keyOf(leaves)) ? Standing.HIDDEN : Standing.IGNORED;
    });
    const done = protect({ table: now, standing, ...limits });
    uncovered += done.uncovered.length;
    cells.forEach((leaves, cell) => {
      if (standing[cell] === Standing.HIDDEN || done.suppressed[cell] === 1) secret.add(keyOf(leaves));
      else if (standing[cell] === Standing.OPEN) shown.set(keyOf(leaves), done.counts[cell] ?? 0);
    });
    for (const key of shown.keys()) secret.delete(key);
  }
  return { shown, secret, uncovered };
}
