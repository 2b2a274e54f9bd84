/** The third stage of an import: rows become records with tokens, gathered into chunks for the database. */
import type { RejectionCode } from '#schema/codes.ts';
import { Fault } from '#schema/errors.ts';
import type { ImportRejection } from '#schema/import.ts';

import type { TokenPort } from '../../ports.ts';
import { createCopyBuffer } from './copy-format.ts';
import type { CopyBuffer } from './copy-format.ts';
import { FileFault } from './file-fault.ts';
import type { ParsedRow, Reader } from './reader.ts';
import type { Row, RowsRead } from './rows.ts';

/** Large enough that the database is busy with it for a while, small enough for two of them in memory. */
const rowsAChunk = 10_000;

export interface Chunk {
  /** The records, ready for COPY. */
  readonly records: CopyBuffer;
  /** The rows that make no sense by themselves, by line. */
  readonly rejected: readonly ImportRejection[];
  /** Rows read for this chunk, whatever became of them. */
  readonly rows: number;
  /** Bytes of the file read so far. */
  readonly bytes: number;
}

interface OpenChunk {
  readonly records: CopyBuffer;
  readonly rejected: ImportRejection[];
  rows: number;
}

/**
 * Two buffers that take turns: one is filled while the other is on its way to the database. Made anew for every chunk,
 * they would wait for the collector by the hundred.
 */
function createTurns({ table }: Reader, partitions: number): () => OpenChunk {
  const buffers = [createCopyBuffer(table, partitions), createCopyBuffer(table, partitions)] as const;
  let turn: 0 | 1 = 0;
  return () => {
    turn = turn === 0 ? 1 : 0;
    const records = buffers[turn];
    records.clear();
    return { records, rejected: [], rows: 0 };
  };
}

type Parse = (row: Row) => ParsedRow | RejectionCode;

/** A parser of whole rows, made from the heading. */
function parserOf(reader: Reader, heading: Row): Parse {
  const parse = reader.bind(heading.fields);
  const width = heading.fields.length;
  return ({ fields }) => (fields.length === width ? parse(fields) : 'BAD_ROW');
}

/** Adds rows to a chunk. Here the documents of the rows end: only their tokens go on. */
async function gather(chunk: OpenChunk, rows: readonly Row[], parse: Parse, tokens: TokenPort): Promise<void> {
  const sound: ParsedRow[] = [];
  const lines: number[] = [];
  for (const row of rows) {
    const parsed = parse(row);
    if (typeof parsed === 'string') {
      chunk.rejected.push({ type: 'rejected', line: row.line, code: parsed });
    } else {
      sound.push(parsed);
      lines.push(row.line);
    }
  }
  const made = await tokens.tokensOf(sound.map(({ document }) => document));
  sound.forEach((parsed, index) => {
    const token = made[index];
    const line = lines[index];
    if (token === undefined || line === undefined) throw new Fault('INTERNAL');
    chunk.records.add(line, token, parsed);
  });
  chunk.rows += rows.length;
}

/**
 * The records of a file in chunks; at least one, which may be empty. The records of a chunk are there until the chunk
 * after the next is asked for.
 *
 * @param partitions how many the donor log has, by the federation's policy.
 * @throws FileFault EMPTY_FILE or MISSING_COLUMN
 */
export async function* readChunks(
  read: AsyncIterable<RowsRead>,
  reader: Reader,
  tokens: TokenPort,
  partitions: number,
): AsyncGenerator<Chunk> {
  let parse: Parse | undefined;
  const openChunk = createTurns(reader, partitions);
  let chunk = openChunk();
  let bytes = 0;
  for await (const piece of read) {
    bytes = piece.bytes;
    let rows = piece.rows;
    if (parse === undefined) {
      const [heading, ...others] = piece.rows;
      if (heading === undefined) continue;
      parse = parserOf(reader, heading);
      rows = others;
    }
    await gather(chunk, rows, parse, tokens);
    if (chunk.rows >= rowsAChunk) {
      yield { ...chunk, bytes };
      chunk = openChunk();
    }
  }
  if (parse === undefined) {
    throw new FileFault('EMPTY_FILE', {
      zh: '文件为空，没有表头；请重新导出。',
      en: 'The file is empty, it has no heading: export it again.',
    });
  }
  yield { ...chunk, bytes };
}
