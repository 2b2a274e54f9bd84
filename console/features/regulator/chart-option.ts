/** How the figures of a table are drawn. A figure that is not shown is a gap, one that is partial has its sign. */
import type { PictureOption } from '../../components/picture.tsx';
import type { ChartData } from './chart-data.ts';
import { markOf } from './figure-cell.tsx';
import type { Figure } from './table.ts';

/** Told apart without colours as well. */
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond'];
const dashes = ['solid', 'dashed', 'dotted'] as const;
/** All of them dark enough on white (WCAG 2.2, 1.4.11). */
const colours = ['#1864ab', '#a61e4d', '#2b6a30', '#862e9c', '#8a4b00', '#0b7285', '#5c3d99', '#495057'];

const pointOf = (figure: Figure | undefined) => ({
  value: figure?.count ?? '-',
  label: { show: figure?.state === 'PARTIAL', formatter: markOf('PARTIAL') },
});

const barHeight = 28;

export function heightOf({ shape, rows }: ChartData): number {
  return shape === 'BARS' ? rows.length * barHeight + 60 : 420;
}

/** @param nameOf what a row is called. */
export function chartOptionOf(data: ChartData, nameOf: (row: ChartData['rows'][number]) => string): PictureOption {
  const { rows, periods, shape } = data;
  const common: PictureOption = {
    color: colours,
    // What is heard is said beside it.
    aria: { enabled: true, label: { enabled: false }, decal: { show: shape === 'BARS' } },
    // Measured before it is drawn, so it cannot be inherited.
    textStyle: { fontFamily: 'system-ui, sans-serif' },
  };
  if (shape === 'BARS') {
    return {
      ...common,
      grid: { left: 8, right: 40, top: 8, bottom: 8, containLabel: true },
      xAxis: { type: 'value', minInterval: 1 },
      yAxis: { type: 'category', data: rows.map(nameOf), inverse: true },
      series: [{ type: 'bar', data: rows.map(({ cells: [cell] }) => ({ ...pointOf(cell) })) }],
    };
  }
  return {
    ...common,
    legend: { type: 'plain', bottom: 0, itemGap: 24, itemWidth: 32 },
    grid: { left: 8, right: 16, top: 16, bottom: 90, containLabel: true },
    xAxis: { type: 'category', data: [...periods] },
    yAxis: { type: 'value', minInterval: 1 },
    series: rows.map((row, place) => ({
      type: 'line',
      name: nameOf(row),
      symbol: symbols[place % symbols.length] ?? 'circle',
      symbolSize: 8,
      lineStyle: { type: dashes[place % dashes.length] ?? 'solid' },
      connectNulls: false,
      data: row.cells.map(pointOf),
    })),
  };
}
