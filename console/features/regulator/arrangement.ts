/** Figures in rows and columns: a row for each area and class, a column for each period, in the order they were answered in. */
import { levelOf } from '#schema/periods.ts';
import type { Period } from '#schema/periods.ts';

import type { Figure, Table } from './table.ts';

export interface Row {
  readonly key: string;
  readonly area: Pick<Figure, 'province' | 'station'>;
  readonly class: string;
  /** Whether its area is wider than what was asked for. */
  readonly isTotal: boolean;
  /** A figure for each column. */
  readonly cells: readonly (Figure | undefined)[];
}

export interface Column {
  readonly period: Period;
  /** Whether it is longer than what was asked for. */
  readonly isTotal: boolean;
}

export interface Arrangement {
  readonly columns: readonly Column[];
  /** The rows of an area, one for each class. */
  readonly groups: readonly (readonly [Row, ...Row[]])[];
}

const areaOf = ({ province, station }: Row['area']): string => `${province ?? ''}/${station ?? ''}`;
const levelOfArea = ({ province, station }: Row['area']): Table['asked']['area'] =>
  station !== null ? 'STATION' : province !== null ? 'PROVINCE' : 'REGION';

export function arrange({ figures, asked }: Pick<Table, 'figures' | 'asked'>): Arrangement {
  const periods = [...new Set(figures.map(({ period }) => period))];
  const byRow = Map.groupBy(figures, (figure) => `${areaOf(figure)}/${figure.class}`);
  const rows = [...byRow].flatMap(([key, of]): Row[] => {
    const [first] = of;
    if (first === undefined) return [];
    const { province, station } = first;
    const at = new Map(of.map((figure) => [figure.period, figure]));
    return [
      {
        ...{ key, class: first.class, area: { province, station } },
        isTotal: levelOfArea(first) !== asked.area,
        cells: periods.map((period) => at.get(period)),
      },
    ];
  });
  return {
    columns: periods.map((period) => ({ period, isTotal: levelOf(period) !== asked.period })),
    groups: [...Map.groupBy(rows, ({ area }) => areaOf(area)).values()].flatMap(([first, ...rest]) =>
      first === undefined ? [] : [[first, ...rest] as const],
    ),
  };
}
