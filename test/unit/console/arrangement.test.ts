/** Figures become rows, columns and a picture without one of them being changed, lost or made up. */
import { describe, expect, test } from 'vitest';

import { arrange } from '#console/features/regulator/arrangement.ts';
import { chartDataOf } from '#console/features/regulator/chart-data.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { Period } from '#schema/periods.ts';
import type { Figure, Table } from '#console/features/regulator/table.ts';

const asked: Table['asked'] = {
  ...{ measure: 'DONATIONS', area: 'STATION', province: null, kind: null },
  ...{ period: 'QUARTER', from: 2026, to: 2026, split: false },
};
const measure: Table['measure'] = {
  ...{ code: 'DONATIONS', nameZh: '', nameEn: '', definitionZh: '', definitionEn: '' },
  ...{ areas: [], periods: [], adds: true, threshold: 5, dominance: null, of: 'ALL' },
  classes: [
    { code: 'DEFERRED', parent: 'ALL', nameZh: '', nameEn: '' },
    { code: 'DEFERRED_OWN', parent: 'DEFERRED', nameZh: '', nameEn: '' },
    { code: 'DEFERRED_ELSEWHERE', parent: 'DEFERRED', nameZh: '', nameEn: '' },
  ],
};

const areas: readonly (readonly [string | null, string | null])[] = [
  ['31', '310198B01'],
  ['31', null],
  [null, null],
];

/** A figure for each area, period and class; its count says where it is. */
function figuresOf(periods: readonly string[], classes: readonly string[]): Figure[] {
  return areas.flatMap(([province, station], area) =>
    periods.flatMap((period, at) =>
      classes.map((of, place): Figure => {
        return {
          province: province === null ? null : ProvinceCode.parse(province),
          station: station === null ? null : StationCode.parse(station),
          ...{ period: Period.parse(period), class: of, state: 'SHOWN' },
          ...{ count: 100 * area + 10 * at + place, percent: null },
        };
      }),
    ),
  );
}

const quarters = ['2026-Q1', '2026-Q2', '2026'];

describe('a table', () => {
  test('has each figure where its area, period and class meet, and knows what is a total', () => {
    const { columns, groups } = arrange({ figures: figuresOf(quarters, ['DEFERRED', 'ALL']), asked });
    expect(columns).toEqual([
      { period: '2026-Q1', isTotal: false },
      { period: '2026-Q2', isTotal: false },
      { period: '2026', isTotal: true },
    ]);
    expect(groups.map((rows) => rows.map((row) => [row.class, row.isTotal]))).toEqual([
      [
        ['DEFERRED', false],
        ['ALL', false],
      ],
      [
        ['DEFERRED', true],
        ['ALL', true],
      ],
      [
        ['DEFERRED', true],
        ['ALL', true],
      ],
    ]);
    expect(groups.flat().map(({ cells }) => cells.map((cell) => cell?.count))).toEqual([
      [0, 10, 20],
      [1, 11, 21],
      [100, 110, 120],
      [101, 111, 121],
      [200, 210, 220],
      [201, 211, 221],
    ]);
  });

  test('leaves a cell empty for which there is no figure', () => {
    const figures = figuresOf(quarters, ['ALL']).filter(({ count }) => count !== 110);
    expect(arrange({ figures, asked }).groups[1]?.[0].cells.map((cell) => cell?.count)).toEqual([100, undefined, 120]);
  });
});

describe('a chart', () => {
  const drawn = (figures: readonly Figure[], question: Partial<Table['asked']> = {}) => {
    const table = { asked: { ...asked, ...question }, measure };
    return chartDataOf(arrange({ figures: [...figures], asked: table.asked }), table);
  };
  const countsOf = ({ rows }: ReturnType<typeof drawn>) => rows.map(({ cells }) => cells.map((cell) => cell?.count));

  test('draws what was asked for and none of the totals over it', () => {
    const data = drawn(figuresOf(quarters, ['ALL']));
    expect(data).toMatchObject({ shape: 'LINES', periods: ['2026-Q1', '2026-Q2'], leftOut: 0 });
    expect(countsOf(data)).toEqual([[0, 10]]);
  });

  test('of one period has a bar for each area', () => {
    const data = drawn(figuresOf(['2026'], ['ALL']), { period: 'YEAR' });
    expect(data).toMatchObject({ shape: 'BARS', periods: ['2026'] });
    expect(countsOf(data)).toEqual([[0]]);
  });

  test('of classes draws the smallest ones of all areas together', () => {
    const classes = ['DEFERRED', 'DEFERRED_OWN', 'DEFERRED_ELSEWHERE', 'ALL'];
    const data = drawn(figuresOf(quarters, classes), { split: true });
    expect(data.rows.map((row) => row.class)).toEqual(['DEFERRED_OWN', 'DEFERRED_ELSEWHERE']);
    expect(countsOf(data)).toEqual([
      [201, 211],
      [202, 212],
    ]);
  });

  test('has the eight largest lines, in the order of the table, and says how many it leaves out', () => {
    const stations = Array.from({ length: 10 }, (_, place) => StationCode.parse(`310198B0${place}`));
    const figures = figuresOf(quarters, ['ALL']).flatMap((figure) =>
      figure.station === null
        ? []
        : stations.map((station, place) => ({ ...figure, station, count: place === 4 || place === 7 ? 1 : 50 })),
    );
    const data = drawn(figures);
    expect(data.leftOut).toBe(2);
    const drawnStations = data.rows.map(({ area }) => stations.findIndex((station) => station === area.station));
    expect(drawnStations).toEqual([0, 1, 2, 3, 5, 6, 8, 9]);
  });
});
