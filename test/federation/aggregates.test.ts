/** Figures for a regulator, of three real stations behind a real gateway. */
import { readFile } from 'node:fs/promises';

import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { questionFile, readQuestions } from '#gateway/aggregates/question-log.ts';
import { aggregateCsv, figureText } from '#schema/aggregate-csv.ts';
import { digestOf } from '#schema/digest.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { Policy } from '#schema/directory.ts';
import type { Directory } from '#schema/directory.ts';
import {
  at,
  codes,
  endAll,
  jiangsu,
  plasma,
  query,
  record,
  shanghai,
  startFederation,
} from '#test/support/federation.ts';
import type { Federation } from '#test/support/federation.ts';
import { askFigures, askSigned, figuresOf, regulated, written } from '#test/support/regulator.ts';

/** Draws by station and month of 2024. */
const draws: Readonly<Record<string, readonly number[]>> = {
  [shanghai]: [12, 8, 2],
  [jiangsu]: [20, 3, 9],
  [plasma]: [15, 7, 3],
};

const quick = { heartbeatMs: 200, freshMs: 3_000, logPartitions: 4 };
/** Nothing is closed until everything is written down. */
const open = { ...quick, closingDays: 90 };
const closed: Pick<Directory, 'policy'> = { policy: Policy.parse({ ...quick, closingDays: 0 }) };

/** How many there were, by the name of a figure: `31 2024-03`. */
function drawn(name: string): number {
  const [area = '', period = ''] = name.split(' ');
  const counts = codes.filter((code) => area === 'all' || code.startsWith(area)).map((code) => draws[code] ?? []);
  return counts
    .flatMap((months) => months.filter((_, at) => `2024-0${at + 1}`.startsWith(period)))
    .reduce((a, b) => a + b, 0);
}

async function recordDraws(code: string): Promise<void> {
  const procedure = code === plasma ? 'SOURCE_PLASMA' : 'WHOLE_BLOOD';
  const months = draws[code] ?? [];
  for (const [month, count] of months.entries()) {
    const day = `2024-0${month + 1}-15T01:00:00Z`;
    const all = Array.from({ length: count }, (_, one) => `${code}${month}${String(one).padStart(2, '0')}`);
    for (const number of all) {
      await record(at(code), number.slice(-9), number, { collectedAt: day, procedure, volumeMl: 400 });
    }
  }
}

/** A federation in which everything is written down and closed; what a test says otherwise is not. */
async function startClosed(silent: readonly string[] = []): Promise<Federation> {
  const federation = await startFederation(open);
  await Promise.all([shanghai, jiangsu, plasma].map(recordDraws));
  for (const code of silent) await at(code).stop();
  await federation.publish({}, { ...regulated, ...closed });
  await vi.waitFor(async () => {
    const answer = await askFigures(federation.gateway.url, { measure: 'DONATIONS', area: 'STATION' });
    expect(answer).toHaveProperty('figures');
    if ('figures' in answer) {
      expect(answer.stations.flatMap(({ station, heard }) => (heard ? [] : [station]))).toEqual(silent);
    }
  }, 20_000);
  return federation;
}

describe('with every station there, the figures of a federation', () => {
  let gateway: string;
  let directoryFile: string;
  beforeAll(async () => {
    const federation = await startClosed();
    gateway = federation.gateway.url;
    directoryFile = federation.directoryFile;
  });
  afterAll(endAll);

  const monthly = { measure: 'DONATIONS', area: 'STATION', period: 'MONTH' };

  test('are the sums of what the stations counted; a small one is not shown, nor what would give it away (H1)', async () => {
    const table = await figuresOf(gateway, monthly);
    expect(table).toMatchObject({ complete: true, closedUntil: expect.any(String) as string });
    const figures = written(table);
    const small = { '310198B01 2024-03': 2, '320198B01 2024-02': 3, '330798P01 2024-03': 3 };
    for (const name of Object.keys(small)) expect(figures[name]).toBe('SUPPRESSED');
    expect(figures).toMatchObject({ 'all 2024': 79, '31 2024': 22, '32 2024': 32, '310198B01 2024-04': 0 });
    for (const [name, figure] of Object.entries(figures)) {
      if (typeof figure === 'number') expect([name, figure]).toEqual([name, drawn(name)]);
    }
    // One alone in its month or at its station would be what is left of the total.
    for (const month of ['2024-02', '2024-03']) {
      const hidden = codes.filter((code) => figures[`${code} ${month}`] === 'SUPPRESSED');
      expect(hidden.length).toBeGreaterThanOrEqual(2);
    }
    expect(table.suppressed).toBe(Object.values(figures).filter((figure) => figure === 'SUPPRESSED').length);
  });

  test('are the same for whoever asks, in whichever order, by whichever way', async () => {
    const whole = written(await figuresOf(gateway, monthly));
    const ways = [
      { ...monthly, province: '31' },
      { ...monthly, area: 'PROVINCE', split: true },
      { ...monthly, area: 'REGION' },
      { ...monthly, period: 'YEAR', from: 2023 },
    ];
    for (const way of ways) {
      const figures = Object.entries(written(await figuresOf(gateway, way)));
      const known = figures.filter(([name]) => name in whole);
      expect(known.length).toBeGreaterThan(0);
      for (const [name, figure] of known) expect([name, figure]).toEqual([name, whole[name]]);
    }
  });

  test('are split by kind of station and by class, and give their share', async () => {
    const blood = await figuresOf(gateway, { ...monthly, period: 'YEAR', area: 'PROVINCE', kind: 'BLOOD' });
    expect(written(blood)).toEqual({ '31 2024': 22, '32 2024': 32, 'all 2024': 54 });
    expect(blood.figures.map(({ percent }) => percent)).toEqual([40.7, 59.3, 100]);
    const split = written(await figuresOf(gateway, { measure: 'DONATIONS', split: true }));
    expect(split).toMatchObject({ 'all 2024 WHOLE_BLOOD': 54, 'all 2024 SOURCE_PLASMA': 25, 'all 2024': 79 });
  });

  test('of donors are not the sum of months', async () => {
    const donors = written(await figuresOf(gateway, { ...monthly, measure: 'DONORS', area: 'REGION' }));
    expect(donors).toMatchObject({ 'all 2024-01': 47, 'all 2024': 79 });
  });

  test('are the same numbers in the file and in the answer', async () => {
    const table = await figuresOf(gateway, monthly);
    const rows: string[][] = parse(aggregateCsv(table, 'en'), { bom: true });
    const cells = rows.slice(1, table.figures.length + 1).map((row) => row[8]);
    expect(cells).toEqual(table.figures.map(figureText));
  });

  test('are not given more finely than their measure is, nor of months that are open, and the refusal says what is', async () => {
    expect(await askFigures(gateway, { measure: 'LOOKOUTS_LISTED', area: 'STATION', period: 'MONTH' })).toMatchObject({
      code: 'AGGREGATE_TOO_FINE',
      message: expect.stringContaining('area REGION, PROVINCE; period YEAR, BLOCK') as string,
      messageZh: expect.stringContaining('YEAR, BLOCK') as string,
    });
    const refusals = [
      [{ ...monthly, from: 2199, to: 2199 }, 'AGGREGATE_NOT_CLOSED'],
      [{ ...monthly, province: '65' }, 'AGGREGATE_AREA_UNKNOWN'],
      [{ ...monthly, from: 2025 }, 'BAD_INPUT'],
      [{ ...monthly, measure: 'DONORS', split: true }, 'AGGREGATE_TOO_FINE'],
    ] as const;
    for (const [input, code] of refusals) expect(await askFigures(gateway, input)).toMatchObject({ code });
  });

  test('are all a regulator can ask for: whatever is about a person is refused, in whatever role', async () => {
    const { Exchange, Stations } = gatewayOperations;
    const exchange = { query: Exchange.document, variables: { question: '{}' } };
    for (const role of ['REGULATOR', 'DESK', 'NODE', 'OPERATOR', 'AUDITOR']) {
      for (const purpose of ['STATISTICS', 'DONATION', 'CARE', 'OPERATION', 'AUDIT']) {
        for (const question of [exchange, { query: Stations.document }]) {
          const said = { role, purpose, case: 'case-1' };
          expect(await askSigned(gateway, question, said)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
        }
      }
    }
    const stations = await askSigned(at(shanghai).url, { query: '{ self { code } }' }, { aud: shanghai });
    expect(stations.code).toBe('UNAUTHENTICATED');
  });

  test('are given to a regulator that signs what it sends, and to nobody else', async () => {
    const measures = { query: gatewayOperations.Measures.document };
    expect(await askSigned(gateway, measures)).toMatchObject({ status: 200, code: null });
    expect(await askSigned(gateway, measures, { iss: shanghai, role: 'REGULATOR' })).toMatchObject({ status: 403 });
    for (const said of [{ body: digestOf('something else') }, { aud: 'G02' }, { iss: 'R99' }]) {
      expect(await askSigned(gateway, measures, said)).toMatchObject({ status: 401 });
    }
  });

  test('are written down: which regulator they are for at each station, and who asked what at the gateway', async () => {
    const [entry] = await query<{ payload: string }>(
      at(jiangsu).databaseUrl,
      "SELECT payload FROM audit_entry WHERE payload LIKE '%Station.counts%' ORDER BY seq LIMIT 1",
    );
    expect(JSON.parse(entry?.payload ?? '{}')).toMatchObject({
      kind: 'ANSWERED',
      caller: { from: 'GATEWAY', member: 'G01', role: 'NODE', purpose: 'STATISTICS', subject: 'R31' },
    });
    await askFigures(gateway, { ...monthly, province: '65' });
    const { lines, brokenAt } = readQuestions(await readFile(`${directoryFile}.figures/${questionFile}`, 'utf8'));
    expect(brokenAt).toBe(null);
    expect(lines[0]).toMatchObject({ regulator: 'R31', input: { measure: 'DONATIONS' } });
    expect(lines.at(-1)).toMatchObject({ input: { province: '65' }, outcome: 'AGGREGATE_AREA_UNKNOWN', figures: null });
  });
});

describe('with a station away, the figures of a federation', () => {
  afterEach(endAll);

  test('are partial and name it (H5); once it is back, nothing shown before and after tells what it counted alone', async () => {
    const federation = await startClosed([plasma]);
    const { url } = federation.gateway;
    const ask = () => figuresOf(url, { measure: 'DONATIONS', area: 'STATION', period: 'MONTH' });
    const before = await ask();
    expect(before.complete).toBe(false);
    expect(before.stations.find(({ station }) => station === plasma)).toMatchObject({
      heard: false,
      closedUntil: null,
    });
    expect(before.stations.find(({ station }) => station === plasma)?.fault).toMatch(/^STATION_/);
    expect(written(before)).toMatchObject({
      ...{
        'all 2024-01': '≥32',
        'all 2024-03': '≥11',
        'all 2024': '≥54',
        '330798P01 2024-01': 'MISSING',
        '33 2024': 'MISSING',
      },
      '31 2024': 22,
    });

    await federation.restart(plasma, at(plasma).databaseUrl, { ...regulated, ...closed });
    const after = await vi.waitFor(async () => {
      const table = await ask();
      expect(table.complete).toBe(true);
      return table;
    }, 20_000);
    expect(written(after)).toMatchObject({
      ...{ 'all 2024': 79, '33 2024': 25, '31 2024': 22 },
      // Three of its own in March, which 14 less the 11 from before would tell.
      ...{ '330798P01 2024-03': 'SUPPRESSED', '33 2024-03': 'SUPPRESSED', 'all 2024-03': 'SUPPRESSED' },
    });
  });
});
