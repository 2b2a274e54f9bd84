/** A table of figures as a file for spreadsheets: what it says, and what a spreadsheet must not make of it. */
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';

import { definitionOf } from '#gateway/aggregates/definitions.ts';
import { aggregateCsv } from '#schema/aggregate-csv.ts';
import { AggregateTable } from '#schema/aggregate-table.ts';

const figure = {
  province: '31',
  station: null,
  period: '2026-07',
  class: 'ALL',
  state: 'SHOWN',
  count: 12,
  percent: 40,
};
const part = { station: '310198B01', province: '31', nameZh: '上海', nameEn: 'Shanghai', heard: true, fault: null };

function tableOf(figures: readonly object[], stations: readonly object[] = []): AggregateTable {
  return AggregateTable.parse({
    measure: definitionOf('DONATIONS'),
    asked: {
      ...{ measure: 'DONATIONS', area: 'STATION', province: null, kind: null, period: 'MONTH' },
      ...{ from: 2026, to: 2026, split: true },
    },
    figures: figures.map((one) => ({ ...figure, ...one })),
    stations: stations.map((one) => ({ ...part, closedUntil: '2026-08-01', heardAt: null, ...one })),
    ...{ complete: true, suppressed: 0, closedUntil: '2026-08-01', madeAt: '2026-08-20T00:00:00.000Z' },
  });
}

const rowsOf = (table: AggregateTable, language: 'zh' | 'en' = 'en'): string[][] =>
  parse(aggregateCsv(table, language), { bom: true });

describe('the file of a table', () => {
  test('begins with a byte order mark, and its lines end as RFC 4180 says', () => {
    const text = aggregateCsv(tableOf([{}]), 'zh');
    expect(text.startsWith('\uFEFF指标,')).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('has a row for each figure, of as many cells as it has headings, and marks what is not shown', () => {
    const states = ['SHOWN', 'SUPPRESSED', 'PARTIAL', 'MISSING', 'OPEN'];
    const rows = rowsOf(
      tableOf(
        states.map((state) => ({ state, count: state === 'SHOWN' || state === 'PARTIAL' ? 12 : null, percent: null })),
      ),
    );
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([10]));
    expect(rows.slice(1, 6).map((row) => row.slice(7, 9))).toEqual([
      ['shown', '12'],
      ['suppressed', '*'],
      ['partial', '≥12'],
      ['missing', '…'],
      ['not closed', '–'],
    ]);
  });

  test('keeps codes and periods text, so that no spreadsheet makes a date or a number of them', () => {
    const [, row] = rowsOf(tableOf([{ station: '310198B01' }], [{}]));
    expect(row).toEqual([
      'Donations',
      "'31",
      "'310198B01",
      'Shanghai',
      "'2026-07",
      'ALL',
      'Total',
      'shown',
      '12',
      '40.0',
    ]);
  });

  test.for(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://127.0.0.1","x")'])(
    'a name that is the formula %j is no formula there',
    (nameEn) => {
      const [, row] = rowsOf(tableOf([{ station: '310198B01' }], [{ nameEn }]));
      expect(row?.[3]).toBe(`'${nameEn}`);
    },
  );

  test('quotes what holds commas, quotes or line breaks', () => {
    const nameEn = 'Centre, "East"\nBranch';
    expect(rowsOf(tableOf([{ station: '310198B01' }], [{ nameEn }]))[1]?.[3]).toBe(nameEn);
  });

  test('names the stations that are missing, what was counted and what the marks mean', () => {
    const rows = rowsOf(tableOf([{}], [{ heard: false, fault: 'STATION_TIMEOUT' }]), 'zh');
    const notes = new Map(rows.slice(2).map(([what = '', said = '']) => [what, said]));
    expect(notes.get('缺失站点')).toBe("'310198B01 上海 (STATION_TIMEOUT)");
    expect(notes.get('定义')).toContain('献血人次');
    expect(notes.get('标记')).toContain('≥');
  });
});
