/** A table of figures on a terminal: areas down, periods across, and below it what it is about and who is missing. */
import Table from 'cli-table3';

import { figureText, legend } from '#schema/aggregate-csv.ts';
import type { Language } from '#schema/aggregate-csv.ts';
import type { AggregateTable } from '#schema/aggregate-table.ts';
import { provinceNamed } from '#schema/provinces.ts';
import { coloured } from '#scripts/lookout/terminal.ts';

type Figure = AggregateTable['figures'][number];

const words: Readonly<Record<Language, Readonly<Record<'area' | 'class' | 'total' | 'missing' | 'closed', string>>>> = {
  zh: { area: '地区', class: '类别', total: '合计', missing: '缺失站点', closed: '结账至' },
  en: { area: 'Area', class: 'Class', total: 'Total', missing: 'Missing', closed: 'Closed until' },
};

function areaText({ province, station }: Figure, table: AggregateTable, language: Language): string {
  if (station !== null) {
    const part = table.stations.find((one) => one.station === station);
    return `  ${station} ${(language === 'zh' ? part?.nameZh : part?.nameEn) ?? ''}`;
  }
  return province === null ? words[language].total : `${province} ${provinceNamed(province)[language]}`;
}

function marked(figure: Figure): string {
  const text = figureText(figure);
  if (figure.state === 'PARTIAL') return coloured('yellow', text);
  return figure.state === 'SHOWN' ? text : coloured('gray', text);
}

/** The figures of one area and class, in the order of the periods. */
function rowsOf({ figures }: AggregateTable): Figure[][] {
  const rows = new Map<string, Figure[]>();
  for (const figure of figures) {
    const name = `${figure.province ?? ''} ${figure.station ?? ''} ${figure.class}`;
    const row = rows.get(name) ?? [];
    row.push(figure);
    rows.set(name, row);
  }
  return [...rows.values()];
}

function gridOf(table: AggregateTable, language: Language): string {
  const rows = rowsOf(table);
  const periods = (rows[0] ?? []).map(({ period }) => period);
  const { classes } = table.measure;
  const isSplit = table.asked.split;
  const grid = new Table({
    head: [words[language].area, ...(isSplit ? [words[language].class] : []), ...periods],
    colAligns: ['left', ...(isSplit ? ['left' as const] : []), ...periods.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const [first] = row;
    if (first === undefined) continue;
    const named = classes.find(({ code }) => code === first.class);
    const of = named === undefined ? words[language].total : language === 'zh' ? named.nameZh : named.nameEn;
    grid.push([areaText(first, table, language), ...(isSplit ? [of] : []), ...row.map(marked)]);
  }
  return grid.toString();
}

/** Everything there is to say about a table. */
export function figureTable(table: AggregateTable, language: Language): string {
  const { measure, closedUntil, stations } = table;
  const isZh = language === 'zh';
  const missing = stations.filter(({ heard }) => !heard);
  return [
    coloured('bold', isZh ? measure.nameZh : measure.nameEn),
    gridOf(table, language),
    isZh ? measure.definitionZh : measure.definitionEn,
    legend[language],
    `${words[language].closed} ${closedUntil}`,
    ...missing.map(({ station, nameZh, nameEn, fault }) =>
      coloured('yellow', `${words[language].missing}: ${station} ${isZh ? nameZh : nameEn} (${fault ?? ''})`),
    ),
  ].join('\n');
}
