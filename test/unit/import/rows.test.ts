import { describe, expect, test } from 'vitest';

import { readRows } from '#node/modules/import/rows.ts';
import type { Row } from '#node/modules/import/rows.ts';
import { readText } from '#node/modules/import/text.ts';
import type { Encoding } from '#node/modules/import/profile.ts';

async function rowsOf(file: string | Buffer, pieceLength = 7, encoding: Encoding = 'utf-8'): Promise<Row[]> {
  const bytes = Buffer.from(file);
  async function* input() {
    for (let from = 0; from < bytes.length; from += pieceLength) {
      await Promise.resolve();
      yield bytes.subarray(from, from + pieceLength);
    }
  }
  const rows: Row[] = [];
  for await (const read of readRows(readText(input(), encoding))) rows.push(...read.rows);
  return rows;
}

const linesOf = async (file: string, pieceLength?: number) =>
  (await rowsOf(file, pieceLength)).map(({ line, fields }) => [line, ...fields]);

describe('the line of a row', () => {
  test.each(['\n', '\r\n', '\r'])('is the physical one, whatever ends a line: %j', async (end) => {
    const file = ['a,b', '1,2', '', `"3${end}${end}",4`, '5,6', '', ''].join(end);
    for (const pieceLength of [1, 2, 3, 1000]) {
      expect(await linesOf(file, pieceLength)).toEqual([
        [1, 'a', 'b'],
        [2, '1', '2'],
        [4, `3${end}${end}`, '4'],
        [7, '5', '6'],
      ]);
    }
  });

  test('is right when the ends of lines differ within a file', async () => {
    expect(await linesOf('a,b\r\n1,2\n"x\r\ny\nz",2\r3,4')).toEqual([
      [1, 'a', 'b'],
      [2, '1', '2'],
      [3, 'x\r\ny\nz', '2'],
      [6, '3', '4'],
    ]);
  });
});

test('quotes hold commas, doubled quotes and blanks; a row may have any number of fields', async () => {
  expect(await linesOf('a,"b ""c"", d", e\n\n"",\nx')).toEqual([
    [1, 'a', 'b "c", d', ' e'],
    [3, '', ''],
    [4, 'x'],
  ]);
});

test('a character that falls between two pieces is read whole, in both encodings', async () => {
  const chinese = Buffer.from('cff2d1aa2cc8abd1aa0a', 'hex');
  for (const pieceLength of [1, 2, 3, 4, 5]) {
    expect(await linesOf('献血,全血\n', pieceLength)).toEqual([[1, '献血', '全血']]);
    expect((await rowsOf(chinese, pieceLength, 'gb18030')).map(({ fields }) => fields)).toEqual([
      [new TextDecoder('gb18030').decode(chinese.subarray(0, 4)), '全血'],
    ]);
  }
});

test('a byte order mark is no part of the first heading', async () => {
  expect(await linesOf('\ufeffa,b\n', 1)).toEqual([[1, 'a', 'b']]);
});

test('a record of 64 KiB is read, a longer one is not', async () => {
  expect(await linesOf('x'.repeat(65_536), 4096)).toHaveLength(1);
  const long = linesOf(`a\n${'x'.repeat(65_538)}`, 4096).then((lines) => lines.length);
  await expect(long).rejects.toMatchObject({ code: 'RECORD_TOO_LONG' });
});
