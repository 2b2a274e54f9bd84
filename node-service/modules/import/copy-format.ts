/**
 * Rows in the binary format of PostgreSQL's COPY: nothing to escape, and no text for the database to parse. See "Binary
 * Format" in the manual of COPY.
 */
import { v7 as uuidv7 } from 'uuid';

import type { DonorToken } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';

/** The types of columns that can be written. Enums are sent as their labels. */
export type ColumnType = 'text' | 'int4' | 'date' | 'timestamptz' | 'procedure' | 'outcome' | 'marker';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A value of a column: a day is its text, a moment a Date. */
export type CopyValue = string | number | Date | null;

const header = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const trailer = Buffer.from([0xff, 0xff]);

// PostgreSQL counts days and microseconds from here.
const epoch = Date.UTC(2000, 0, 1);
const millisecondsADay = 86_400_000;
const twoTo32 = 2 ** 32;

/** More than any field of a fixed length takes, with its own length in front. */
const roomForNumbers = 32;
const tokenBytes = 32;
const eventIdBytes = 16;

export interface CopyBuffer {
  readonly rows: number;
  /** Adds a row: its line in the file, its donor, its number and its other values; with new ids for the events it may become. */
  add(line: number, token: DonorToken, row: { readonly number: string; readonly values: readonly CopyValue[] }): void;
  /** All rows so far as one COPY. */
  finish(): Buffer;
  /** Forgets all rows and keeps the memory. Whoever got it from `finish` must be done with it. */
  clear(): void;
}

function enlarged(buffer: Buffer, end: number, bytes: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes));
  buffer.copy(larger, 0, 0, end);
  return larger;
}

/** A buffer that grows, and what can be put at its end. */
function createWriter() {
  let buffer = Buffer.allocUnsafe(64 * 1024);
  let end = header.copy(buffer);

  const makeRoom = (bytes: number) => {
    if (end + bytes > buffer.length) buffer = enlarged(buffer, end, bytes);
  };
  const int32 = (value: number) => {
    end = buffer.writeInt32BE(value, end);
  };
  /** Where a field of a fixed length goes. Asked before `buffer` is named: there may be a larger one then. */
  const field = (length: number): number => {
    makeRoom(length + roomForNumbers);
    int32(length);
    end += length;
    return end - length;
  };
  return {
    fieldCount(count: number) {
      makeRoom(roomForNumbers);
      end = buffer.writeInt16BE(count, end);
    },
    nothing() {
      makeRoom(roomForNumbers);
      int32(-1);
    },
    integer(value: number, length: 2 | 4) {
      const at = field(length);
      buffer.writeIntBE(value, at, length);
    },
    moment(value: Date) {
      const microseconds = (value.getTime() - epoch) * 1000;
      const high = Math.floor(microseconds / twoTo32);
      const at = field(8);
      buffer.writeInt32BE(high, at);
      buffer.writeUInt32BE(microseconds - high * twoTo32, at + 4);
    },
    text(value: string) {
      makeRoom(value.length * 3 + roomForNumbers);
      const length = buffer.write(value, end + 4, 'utf8');
      int32(length);
      end += length;
    },
    token(value: DonorToken) {
      const at = field(tokenBytes);
      buffer.write(value, at, tokenBytes, 'base64url');
    },
    /** A new one, greater than all before it. */
    eventId() {
      const at = field(eventIdBytes);
      uuidv7(undefined, buffer, at);
    },
    finish() {
      makeRoom(trailer.length);
      end += trailer.copy(buffer, end);
      return buffer.subarray(0, end);
    },
    clear() {
      end = header.length;
    },
  };
}

/** What of a table a COPY needs to know. */
interface Rows {
  readonly columns: readonly Column[];
  readonly closing?: { readonly name: string };
}

/** The columns of such a COPY. `closing_id` is empty in a row that closes nothing, and missing where nothing is closed. */
export function copyColumns({ columns, closing }: Rows): (readonly [name: string, type: string])[] {
  return [
    ['line', 'int4'],
    ['number', 'text'],
    ['token', 'bytea'],
    ['partition', 'int2'],
    ['event_id', 'uuid'],
    ...(closing === undefined ? [] : [['closing_id', 'uuid'] as const]),
    ...columns.map(({ name, type }) => [name, type] as const),
  ];
}

/**
 * Collects rows for one COPY into `copyColumns`.
 *
 * @param partitions how many the donor log has, by the federation's policy.
 */
export function createCopyBuffer(table: Rows, partitions: number): CopyBuffer {
  const { columns, closing } = table;
  const writer = createWriter();
  const fieldCount = copyColumns(table).length;
  const closingAt = columns.findIndex(({ name }) => name === closing?.name);
  let rows = 0;
  const write = (type: ColumnType | undefined, value: CopyValue) => {
    if (value === null) writer.nothing();
    else if (value instanceof Date) writer.moment(value);
    else if (typeof value === 'number') writer.integer(value, 4);
    else if (type === 'date') writer.integer((Date.parse(value) - epoch) / millisecondsADay, 4);
    else writer.text(value);
  };
  return {
    get rows() {
      return rows;
    },
    add(line, token, { number, values }) {
      rows += 1;
      writer.fieldCount(fieldCount);
      writer.integer(line, 4);
      writer.text(number);
      writer.token(token);
      writer.integer(partitionOf(token, partitions), 2);
      writer.eventId();
      if (closingAt >= 0) {
        if ((values[closingAt] ?? null) === null) writer.nothing();
        else writer.eventId();
      }
      for (let index = 0; index < columns.length; index += 1) write(columns[index]?.type, values[index] ?? null);
    },
    finish: () => writer.finish(),
    clear() {
      rows = 0;
      writer.clear();
    },
  };
}
