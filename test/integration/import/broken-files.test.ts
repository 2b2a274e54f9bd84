/** Files that are refused as a whole: each ends in one sentence, and leaves everything as it was. */
import { Readable } from 'node:stream';

import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { FileFault } from '#node/modules/import/file-fault.ts';
import type { FileFaultCode } from '#schema/codes.ts';
import type { ImportKind } from '#schema/import.ts';

import { arriving, openStation } from './station-under-test.ts';

const heading = 'donation_no,document_type,document_number,procedure,collected_at,volume_ml,outcome';
const row = (number: number, document = '330598198908257048') =>
  `A${number},01,${document},WHOLE_BLOOD,2026-01-05T09:00:00+08:00,400,COMPLETE`;
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));
// More than one chunk, so that much is stored already when the fault comes to light.
const before = [heading, ...rows(15_000)].join('\r\n');
const chinese = '献血编号,证件类型,证件号码,献血类型,采集时间,采集量(ml),结果';

function* gigabyte(): Generator<Buffer> {
  yield Buffer.from(`${heading}\r\n`);
  const mebibyte = Buffer.alloc(1024 * 1024, 'x');
  for (let index = 0; index < 1024; index += 1) yield mebibyte;
}

async function* cutOff(): AsyncGenerator<Uint8Array> {
  yield* arriving(`${before}\r\n`, row(20_000).slice(0, 20));
  throw new Error('aborted');
}

interface BrokenFile {
  readonly title: string;
  readonly code: FileFaultCode;
  readonly says: string;
  readonly input: () => AsyncIterable<Uint8Array>;
  readonly station?: 'chinese';
  readonly kind?: ImportKind;
}

const of =
  (...pieces: readonly (string | Uint8Array)[]) =>
  () =>
    arriving(...pieces);

const brokenFiles: readonly BrokenFile[] = [
  { title: 'an empty file', code: 'EMPTY_FILE', says: 'empty', input: of() },
  { title: 'a file of blank lines', code: 'EMPTY_FILE', says: 'no heading', input: of('\r\n\r\n') },
  { title: 'a byte order mark alone', code: 'EMPTY_FILE', says: 'empty', input: of('\ufeff') },
  {
    title: 'GB18030 where UTF-8 is expected, far down',
    code: 'WRONG_ENCODING',
    says: 'not utf-8',
    input: of(before, iconv.encode('\r\n单采血小板', 'gb18030')),
  },
  {
    title: 'a character cut in half at the end',
    code: 'WRONG_ENCODING',
    says: 'not utf-8',
    input: of(before, Buffer.from('全').subarray(0, 2)),
  },
  {
    title: 'broken GB18030',
    code: 'WRONG_ENCODING',
    says: 'not gb18030',
    station: 'chinese',
    input: of(iconv.encode(`${chinese}\r\n`, 'gb18030'), Buffer.from([0x81, 0x20, 0x81])),
  },
  {
    title: 'UTF-16',
    code: 'WRONG_ENCODING',
    says: 'utf-8',
    input: of(iconv.encode(heading, 'utf16', { addBOM: true })),
  },
  {
    title: 'UTF-8 without a mark where GB18030 is expected',
    code: 'MISSING_COLUMN',
    says: '献血编号',
    station: 'chinese',
    input: of(`${heading}\r\n${row(1)}`),
  },
  {
    title: 'a heading without a column',
    code: 'MISSING_COLUMN',
    says: 'no column "procedure"',
    input: of(before.replace('procedure', 'kind')),
  },
  {
    title: 'a heading that has a column twice',
    code: 'MISSING_COLUMN',
    says: '"procedure" twice',
    input: of(`${heading},procedure\r\n`),
  },
  {
    title: 'a file of the wrong kind',
    code: 'MISSING_COLUMN',
    says: 'lookout_no',
    kind: 'lookouts',
    input: of(before),
  },
  { title: 'a quote cut off', code: 'BROKEN_QUOTE', says: 'line 15002', input: of(`${before}\r\n"A15001,01,3305`) },
  {
    title: 'a quote that swallows what follows',
    code: 'BROKEN_QUOTE',
    says: 'line 15002',
    input: of(`${before}\r\n"${before}`),
  },
  {
    title: 'a quote inside a field',
    code: 'BROKEN_QUOTE',
    says: 'line 15002',
    input: of(`${before}\r\n${row(1).replace('WHOLE', 'WHO"LE')}`),
  },
  {
    title: 'a quote closed in the middle of a field',
    code: 'BROKEN_QUOTE',
    says: 'line 15002',
    input: of(`${before}\r\n${row(1).replace('WHOLE', '"WHO"LE')}`),
  },
  {
    title: 'a gigabyte without an end of line',
    code: 'RECORD_TOO_LONG',
    says: 'line 2',
    input: () => Readable.from(gigabyte()),
  },
  { title: 'a zip', code: 'NOT_CSV', says: 'ZIP', input: of('PK\u0003\u0004 and so on') },
  { title: 'a zip that arrives byte by byte', code: 'NOT_CSV', says: 'ZIP', input: of('P', 'K', '\u0003', '\u0004') },
  { title: 'gzip', code: 'NOT_CSV', says: 'gzip', input: of(Buffer.from([0x1f, 0x8b, 8, 0, 0])) },
  { title: 'an old workbook', code: 'NOT_CSV', says: 'Excel', input: of(Buffer.from('d0cf11e0a1b11ae1', 'hex')) },
  { title: 'a file with zero bytes', code: 'NOT_CSV', says: 'binary', input: of(before, '\r\nA\u0000') },
  { title: 'an upload cut off', code: 'CUT_OFF', says: 'broke off', input: cutOff },
];

describe('a broken file', () => {
  type Station = Awaited<ReturnType<typeof openStation>>;
  const stations: Partial<Record<'usual' | 'chinese', Station>> = {};
  beforeAll(async () => {
    stations.usual = await openStation('330198B01');
    stations.chinese = await openStation('320198B01');
    await stations.usual.importLines('donations', heading, row(1), row(2));
  });
  afterAll(async () => {
    for (const station of Object.values(stations)) await station[Symbol.asyncDispose]();
  });

  test.each(brokenFiles)('$title: $code', async ({ code, says, input, station: which, kind = 'donations' }) => {
    const station = stations[which ?? 'usual'];
    if (station === undefined) throw new Error('no station');
    const known = await station.dump();
    const fault: unknown = await station.import(kind, input()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(FileFault);
    if (!(fault instanceof FileFault)) return;
    expect(fault.code).toBe(code);
    expect(fault.sentence.en).toContain(says);
    expect(fault.sentence.zh).not.toBe('');
    expect(await station.dump()).toBe(known);
    expect(station.pool.idleCount).toBe(station.pool.totalCount);
  });

  test('is the database when it goes away half-way, and nothing is kept', async () => {
    await using station = await openStation('330198B01');
    async function* input() {
      yield* arriving(before);
      // Until the first chunk is on its way, there is nobody to end.
      for (let ended = 0; ended === 0;) {
        const { rowCount } = await station.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()",
        );
        ended = rowCount ?? 0;
      }
      yield* arriving('\r\n', rows(15_000).join('\r\n'));
    }
    await expect(station.import('donations', input())).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await station.dumpOf('donation')).toEqual([]);
    expect((await station.importLines('donations', before)).summary.inserted).toBe(15_000);
  });

  test('does not make the database wait: a caller who gives up leaves nothing behind', async () => {
    await using station = await openStation('330198B01');
    const gone = new AbortController();
    async function* input() {
      yield* arriving(before);
      gone.abort();
    }
    await expect(station.import('donations', input(), { signal: gone.signal })).rejects.toMatchObject({
      code: 'CUT_OFF',
    });
    expect(await station.dumpOf('donation')).toEqual([]);
    expect(await station.dumpOf('import')).toEqual([]);
  });
});

test('a heading alone is a file without rows, and a byte order mark is no part of it', async () => {
  await using station = await openStation('330198B01');
  expect((await station.import('donations', arriving('\ufeff', heading))).summary.rows).toBe(0);
  await using chineseStation = await openStation('320198B01');
  const marked = `\ufeff${chinese}\r\n320198B01,01,330598198908257048,全血,2024/6/3 0:05,200,完成`;
  expect((await chineseStation.import('donations', arriving(marked))).summary.inserted).toBe(1);
});

test('of many rejected rows the first ten thousand are listed and all are counted', async () => {
  await using station = await openStation('330198B01');
  const bad = Array.from({ length: 12_000 }, (_, index) => row(index, '1'));
  const { summary, rejected } = await station.importLines('donations', heading, ...bad, row(1));
  expect(summary).toEqual({ rows: 12_001, inserted: 1, updated: 0, duplicates: 0, rejected: 12_000 });
  expect(rejected).toHaveLength(10_000);
  expect(rejected.at(-1)?.line).toBe(10_001);
});
