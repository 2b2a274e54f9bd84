/** What the readers of the three kinds of files have in common: the heading, and who a row is about. */
import type { RejectionCode } from '#schema/codes.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { findNormalDocument } from '#schema/documents.ts';
import type { DocumentType, NormalDocument } from '#schema/documents.ts';
import type { StationKind } from '#schema/procedures.ts';

import type { Column, CopyValue } from './copy-format.ts';
import { FileFault } from './file-fault.ts';

/** Where and when a file is read. */
export interface Circumstances {
  readonly kind: StationKind;
  readonly now: Date;
  /** The local day of `now`. */
  readonly today: CivilDate;
}

/** A row that makes sense by itself. The document goes no further than the token that is made of it. */
export interface ParsedRow {
  readonly number: string;
  readonly document: NormalDocument;
  /** What else the record says, in the order of its table's `columns`. */
  readonly values: readonly CopyValue[];
}

/** The table a kind of file goes to. Its own number and the token of the donor come before `columns`. */
export interface Table {
  readonly name: string;
  readonly number: string;
  readonly columns: readonly Column[];
  /** The column that may be filled later, once, and what the donor log is told then. All others never change. */
  readonly closing?: { readonly name: string; readonly says: ClosingSays };
  /** What the donor log is told of a new record: an `EventBody`, as an expression over the columns of a row. */
  readonly says: (row: string) => string;
}

/** An `EventBody` as an expression over the day of the closing and the event that is over. */
type ClosingSays = (day: string, event: string) => string;

/** Reads one kind of file. */
export interface Reader {
  readonly table: Table;
  /**
   * Finds the columns, in whatever order they are.
   *
   * @throws FileFault MISSING_COLUMN
   */
  bind(heading: readonly string[]): (fields: readonly string[]) => ParsedRow | RejectionCode;
}

/** The places of the columns of a profile in a heading; -1 for an optional one that is not there. */
export type Places<Name extends string> = Readonly<Record<Name, number>>;

const missing = (name: string) =>
  new FileFault('MISSING_COLUMN', {
    zh: `表头缺少“${name}”列；请按本站配置的格式重新导出。`,
    en: `The heading has no column "${name}": export the file again in the form of the station's profile.`,
  });

const twice = (name: string) =>
  new FileFault('MISSING_COLUMN', {
    zh: `表头中“${name}”列重复，无法判断以哪一列为准；请按本站配置的格式重新导出。`,
    en: `The heading has the column "${name}" twice: export the file again in the form of the station's profile.`,
  });

export function findPlaces<Name extends string>(
  columns: Readonly<Record<Name, string>>,
  heading: readonly string[],
  optional: readonly Name[] = [],
): Places<Name> {
  const titles = heading.map((title) => title.trim());
  const place = (name: Name): number => {
    const index = titles.indexOf(columns[name]);
    if (index < 0 && !optional.includes(name)) throw missing(columns[name]);
    if (index !== titles.lastIndexOf(columns[name])) throw twice(columns[name]);
    return index;
  };
  const names = Object.keys(columns) as Name[];
  return Object.fromEntries(names.map((name) => [name, place(name)])) as Record<Name, number>;
}

/** The donor of a row in normal form, or why there is none. */
export function documentOf(
  type: DocumentType | undefined,
  number: string,
  today: CivilDate,
): { readonly document: NormalDocument } | RejectionCode {
  if (type === undefined) return 'UNKNOWN_DOCUMENT_TYPE';
  const document = findNormalDocument({ type, number }, today);
  return document === undefined ? 'BAD_DOCUMENT' : { document };
}
