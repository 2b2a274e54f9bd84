/** The second stage of an import: text becomes rows, each with the physical line it begins on. */
import { finished } from 'node:stream/promises';

import { CsvError, Parser } from 'csv-parse';

import { FileFault } from './file-fault.ts';
import type { Piece } from './text.ts';

/** One record: whether it has as many fields as it should is for the reader to say. */
export interface Row {
  /** The physical line the row begins on; the heading is line 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The rows that came to their end within one piece of the file. */
export interface RowsRead {
  readonly rows: readonly Row[];
  /** Bytes of the file read so far. */
  readonly bytes: number;
}

const maxRecordBytes = 64 * 1024;

const brokenQuote = (line: number) =>
  new FileFault('BROKEN_QUOTE', {
    zh: `第 ${line} 行的引号不成对，文件可能被截断；请更正或重新导出。`,
    en: `A quote on line ${line} is not closed or stands inside a field: the file may be cut off; correct it or export it again.`,
  });

const recordTooLong = (line: number) =>
  new FileFault('RECORD_TOO_LONG', {
    zh: `第 ${line} 行超过 64 KiB，不是数据表；请从系统中导出为 CSV 后重新上传。`,
    en: `The record on line ${line} is longer than 64 KiB, so this is not a table: export it as CSV and upload it again.`,
  });

/** What is wrong in the record that begins on `line`. The parser's own message holds values of the file: it is dropped. */
function faultOf(error: unknown, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code !== 'CSV_MAX_RECORD_SIZE') return brokenQuote(line);
  // Only within quotes can a record reach over a line's end.
  const reached: unknown = Reflect.get(error, 'lines');
  return typeof reached === 'number' && reached > line ? brokenQuote(line) : recordTooLong(line);
}

const lineEnd = /\r\n|\n|\r/g;

const lineEndsIn = (field: string) =>
  field.includes('\n') || field.includes('\r') ? (field.match(lineEnd)?.length ?? 0) : 0;

/**
 * The rows of a file, the heading first. Empty lines are no rows, but they count as lines.
 *
 * @throws FileFault BROKEN_QUOTE or RECORD_TOO_LONG
 */
export async function* readRows(pieces: AsyncIterable<Piece>): AsyncGenerator<RowsRead> {
  let rows: Row[] = [];
  let line = 1;
  let bytes = 0;
  const parser = new Parser({
    relax_column_count: true,
    max_record_size: maxRecordBytes,
    record_delimiter: ['\r\n', '\n', '\r'],
    // Rows are taken here and never pushed on: half the cost, and no buffer between two stages.
    on_record: (fields: string[]) => {
      if (fields.length > 1 || fields[0] !== '') rows.push({ line, fields });
      line += 1;
      for (const field of fields) line += lineEndsIn(field);
      return null;
    },
  });
  parser.resume();
  // Each write tells of its own error.
  parser.on('error', () => undefined);
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      parser.write(text, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  const taken = () => {
    const read = { rows, bytes };
    rows = [];
    return read;
  };

  try {
    for await (const piece of pieces) {
      bytes = piece.bytes;
      if (piece.text !== '') await write(piece.text);
      yield taken();
    }
    parser.end();
    await finished(parser);
    yield taken();
  } catch (error) {
    throw faultOf(error, line);
  } finally {
    parser.destroy();
  }
}
