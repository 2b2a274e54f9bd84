/**
 * Rows in the binary format of PostgreSQL's COPY: nothing to escape, and no text for the database to parse. See "Binary
 * Format" in the manual of COPY.
 */
import type { DonorToken } from '#schema/ids.ts';

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

export interface CopyBuffer {
  readonly rows: number;
  /** Adds a row: its line in the file, its donor, its number and its other values. */
  add(line: number, token: DonorToken, row: { readonly number: string; readonly values: readonly CopyValue[] }): void;
  /** All rows so far as one COPY. */
  finish(): Buffer;
  /** Forgets all rows and keeps the memory. Whoever got it from `finish` must be done with it. */
  clear(): void;
}

/** A buffer that grows, and what can be put at its end. */
function createWriter() {
  let buffer = Buffer.allocUnsafe(64 * 1024);
  let end = header.copy(buffer);

  const makeRoom = (bytes: number) => {
    if (end + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  };
  const int32 = (value: number) => {
    end = buffer.writeInt32BE(value, end);
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
    integer(value: number) {
      makeRoom(roomForNumbers);
      int32(4);
      int32(value);
    },
    moment(value: Date) {
      makeRoom(roomForNumbers);
      const microseconds = (value.getTime() - epoch) * 1000;
      const high = Math.floor(microseconds / twoTo32);
      int32(8);
      int32(high);
      end = buffer.writeUInt32BE(microseconds - high * twoTo32, end);
    },
    text(value: string) {
      makeRoom(value.length * 3 + roomForNumbers);
      const length = buffer.write(value, end + 4, 'utf8');
      int32(length);
      end += length;
    },
    token(value: DonorToken) {
      makeRoom(tokenBytes + roomForNumbers);
      int32(tokenBytes);
      end += buffer.write(value, end, tokenBytes, 'base64url');
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

/** Collects rows for one COPY into `(line int4, number text, token bytea, ...columns)`. */
export function createCopyBuffer(columns: readonly Column[]): CopyBuffer {
  const writer = createWriter();
  const fieldCount = columns.length + 3;
  let rows = 0;
  const write = (type: ColumnType | undefined, value: CopyValue) => {
    if (value === null) writer.nothing();
    else if (value instanceof Date) writer.moment(value);
    else if (typeof value === 'number') writer.integer(value);
    else if (type === 'date') writer.integer((Date.parse(value) - epoch) / millisecondsADay);
    else writer.text(value);
  };
  return {
    get rows() {
      return rows;
    },
    add(line, token, { number, values }) {
      rows += 1;
      writer.fieldCount(fieldCount);
      writer.integer(line);
      writer.text(number);
      writer.token(token);
      for (let index = 0; index < columns.length; index += 1) write(columns[index]?.type, values[index] ?? null);
    },
    finish: () => writer.finish(),
    clear() {
      rows = 0;
      writer.clear();
    },
  };
}
