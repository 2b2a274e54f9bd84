/**
 * A table of figures as a file for spreadsheets: CSV (RFC 4180) in UTF-8 with a byte order mark, since Excel takes anything else
 * for another encoding. A cell that a spreadsheet would take for a formula, a date or a number begins with an apostrophe, but for
 * the figures. After the figures come notes: what was counted, what the marks mean, and who is missing.
 */
import type { AggregateTable } from './aggregate-table.ts';
import type { FigureState } from './aggregates.ts';

/** The language of the headings, the names and the notes. */
export type Language = 'zh' | 'en';

type Figure = AggregateTable['figures'][number];

const headings: Readonly<Record<Language, readonly string[]>> = {
  zh: ['指标', '省', '站点', '站点名称', '期间', '类别代码', '类别', '状态', '数值', '占比（%）'],
  en: ['Measure', 'Province', 'Station', 'Name', 'Period', 'Class code', 'Class', 'State', 'Count', 'Per cent'],
};

/** How a figure stands, in a word. */
export const stateNames: Readonly<Record<FigureState, Readonly<Record<Language, string>>>> = {
  SHOWN: { zh: '公布', en: 'shown' },
  SUPPRESSED: { zh: '不公布', en: 'suppressed' },
  PARTIAL: { zh: '不完整', en: 'partial' },
  MISSING: { zh: '缺失', en: 'missing' },
  OPEN: { zh: '未结账', en: 'not closed' },
};

/** A figure as it is written wherever it is read: `*` suppressed, `≥` before what is partial, `…` nothing heard, `–` not closed. */
export function figureText({ state, count }: Pick<Figure, 'state' | 'count'>): string {
  switch (state) {
    case 'SHOWN':
      return String(count);
    case 'PARTIAL':
      return `≥${count ?? ''}`;
    case 'SUPPRESSED':
      return '*';
    case 'MISSING':
      return '…';
    case 'OPEN':
      return '–';
  }
}

/** What the marks of `figureText` mean. */
export const legend: Readonly<Record<Language, string>> = {
  zh: '* 不公布（人数过少、单站占比过高，或为防止推算其他不公布的数值）；≥ 不含缺失站点；… 未收到数据；– 期间尚未结账。',
  en: '* not shown (so few, nearly all of one station, or needed so that another cannot be computed); ≥ without the stations that are missing; … nothing was heard; – not closed yet.',
};

const formulas = /^[=+\-@\t\r\n]/;
/** What begins with a digit may be taken for a number or a date. */
const numbers = /^\s*[\d.]/;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
/** A cell that is text and stays text. */
const text = (cell: string): string => quoted(formulas.test(cell) || numbers.test(cell) ? `'${cell}` : cell);

/** The names of the stations that are missing, with the fault of each. */
const missingOf = ({ stations }: AggregateTable, language: Language): string[] =>
  stations.flatMap(({ heard, station, nameZh, nameEn, fault }) =>
    heard ? [] : [`${station} ${language === 'zh' ? nameZh : nameEn} (${fault ?? ''})`],
  );

function notesOf(table: AggregateTable, language: Language): (readonly [string, string])[] {
  const isZh = language === 'zh';
  const { measure, asked, closedUntil, madeAt } = table;
  const missing = missingOf(table, language).map((station) => [isZh ? '缺失站点' : 'Missing', station] as const);
  return [
    [isZh ? '定义' : 'Definition', isZh ? measure.definitionZh : measure.definitionEn],
    ...(asked.kind === null ? [] : [[isZh ? '站点类别' : 'Only of kind', asked.kind] as const]),
    [isZh ? '标记' : 'Marks', legend[language]],
    [isZh ? '结账至' : 'Closed until', closedUntil],
    [isZh ? '生成时间' : 'Made at', madeAt],
    ...missing,
  ];
}

/** The whole file. The figures are those of the table, in its order. */
export function aggregateCsv(table: AggregateTable, language: Language): string {
  const isZh = language === 'zh';
  const { measure, figures, stations } = table;
  const name = isZh ? measure.nameZh : measure.nameEn;
  const stationNames = new Map(stations.map(({ station, nameZh, nameEn }) => [station, isZh ? nameZh : nameEn]));
  const classNames = new Map(measure.classes.map(({ code, nameZh, nameEn }) => [code, isZh ? nameZh : nameEn]));
  const total = isZh ? '合计' : 'Total';
  const rows = figures.map(({ province, station, period, class: of, state, count, percent }) => [
    ...[name, province ?? total, station ?? total, station === null ? '' : (stationNames.get(station) ?? '')].map(text),
    ...[period, of, classNames.get(of) ?? total, stateNames[state][language]].map(text),
    quoted(figureText({ state, count })),
    percent === null ? '' : percent.toFixed(1),
  ]);
  const width = headings[language].length;
  const notes = notesOf(table, language).map((note) => [
    ...note.map(text),
    ...Array<string>(width - note.length).fill(''),
  ]);
  const lines = [headings[language].map(text), ...rows, ...notes];
  return `\uFEFF${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}
