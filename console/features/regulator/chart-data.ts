/** What of a table is drawn: the same figures, without the totals over what is drawn beside them. */
import type { Period } from '#schema/periods.ts';

import type { Arrangement, Row } from './arrangement.ts';
import type { Table } from './table.ts';

/** How many lines can be told apart, and how many bars fit on a page. */
const most = { LINES: 8, BARS: 40 } as const;

export interface ChartData {
  /** One bar a row when there is one period, otherwise one line a row. */
  readonly shape: keyof typeof most;
  /** Whether rows differ by their class; otherwise they do by their area. */
  readonly isByClass: boolean;
  readonly periods: readonly Period[];
  readonly rows: readonly Row[];
  /** How many rows are in the table only. */
  readonly leftOut: number;
}

const sumOf = ({ cells }: Row): number => cells.reduce((sum, cell) => sum + (cell?.count ?? 0), 0);

/** The largest, in the order they were in. */
function largest(rows: readonly Row[], count: number): readonly Row[] {
  const kept = new Set(rows.toSorted((one, other) => sumOf(other) - sumOf(one)).slice(0, count));
  return rows.filter((row) => kept.has(row));
}

const orAll = <Item>(some: readonly Item[], all: readonly Item[]): readonly Item[] => (some.length > 0 ? some : all);

export function chartDataOf(
  { columns, groups }: Arrangement,
  { asked, measure }: Pick<Table, 'asked' | 'measure'>,
): ChartData {
  const wholes = new Set([measure.of, ...measure.classes.map(({ parent }) => parent)]);
  // The last area is the total over all, or the only one.
  const last: readonly Row[] = groups.at(-1) ?? [];
  const all = groups.flat();
  const candidates = asked.split
    ? orAll(
        last.filter((row) => !wholes.has(row.class)),
        last,
      )
    : orAll(
        all.filter((row) => !row.isTotal),
        all,
      );
  const places = columns.flatMap(({ isTotal }, place) => (isTotal ? [] : [place]));
  const shape = places.length > 1 ? 'LINES' : 'BARS';
  const rows = largest(candidates, most[shape]).map((row) => ({
    ...row,
    cells: places.map((place) => row.cells[place]),
  }));
  return {
    ...{ shape, rows, isByClass: asked.split },
    periods: places.flatMap((place) => columns[place]?.period ?? []),
    leftOut: candidates.length - rows.length,
  };
}
