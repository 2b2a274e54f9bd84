/** How a station's own system writes what it holds: the reverse of its profile, so that its import takes it back. */
import iconv from 'iconv-lite';

import type { DonationForm, Encoding, LookoutForm, RegistrationForm } from '#node/modules/import/profile.ts';

import { civilDay, dayOf, minuteOf } from '../time.ts';
import type { DocumentId } from './document.ts';
import { documentOf } from './document.ts';
import type { Draw } from './draws.ts';

/** A confirmed result. Days are counted since 1970; `clearedOn` is null while it is in force. */
export interface Listing {
  readonly document: DocumentId;
  readonly marker: string;
  readonly confirmedOn: number;
  readonly clearedOn: number | null;
}

/** A plasma donor taken as the station's own. */
export interface Registered {
  readonly document: DocumentId;
  readonly on: number;
}

const two = (value: number): string => String(value).padStart(2, '0');
const slashed = (day: number): string => civilDay(day).split('-').map(Number).join('/');
const dayIn = { iso: civilDay, slashes: slashed } as const;

function momentIn(form: 'iso' | 'slashes', at: number): string {
  const day = dayOf(at);
  const minutes = at - minuteOf(day, 0);
  const [hour, minute] = [Math.floor(minutes / 60), two(minutes % 60)];
  return form === 'iso' ? `${civilDay(day)}T${two(hour)}:${minute}:00+08:00` : `${slashed(day)} ${hour}:${minute}`;
}

/** The code that a table of codes gives a value. */
function codeIn<Value extends string>(codes: ReadonlyMap<string, Value>): (value: string) => string {
  const codeOf = new Map([...codes].map(([code, value]) => [value as string, code]));
  return (value) => {
    const code = codeOf.get(value);
    if (code === undefined) throw new TypeError(`the profile has no code for ${value}`);
    return code;
  };
}

const typeNames = { '01': 'RESIDENT_ID', '03': 'PASSPORT' } as const;

const documentCells = (id: DocumentId, typeCode: (name: string) => string): readonly [string, string] => {
  const [type, number] = documentOf(id);
  return [typeCode(typeNames[type]), number];
};

/** One kind of file: its heading, and a line for each record. */
export interface Form<Item> {
  readonly encoding: Encoding;
  readonly heading: string;
  readonly line: (item: Item, number: string) => string;
}

const lineOf = (cells: readonly string[]): string => `${cells.join(',')}\n`;

export function donationsIn({ encoding, columns, codes, dates }: DonationForm): Form<Draw> {
  const { number, documentType, documentNumber, procedure, collectedAt, volumeMl, outcome } = columns;
  const [type, procedureCode, outcomeCode] = [codes.documentType, codes.procedure, codes.outcome].map(codeIn);
  if (type === undefined || procedureCode === undefined || outcomeCode === undefined) throw new TypeError('no codes');
  const [form = 'iso'] = dates;
  return {
    encoding,
    heading: lineOf([number, documentType, documentNumber, procedure, collectedAt, volumeMl, outcome]),
    line: (draw, no) =>
      lineOf([
        no,
        ...documentCells(draw.document, type),
        procedureCode(draw.procedure),
        momentIn(form, draw.at),
        String(draw.volumeMl),
        outcomeCode(draw.outcome),
      ]),
  };
}

export function lookoutsIn({ encoding, columns, codes, dates }: LookoutForm, laboratory: string): Form<Listing> {
  const { number, documentType, documentNumber, marker, confirmedOn, clearedOn, laboratory: where } = columns;
  const [type, markerCode] = [codeIn(codes.documentType), codeIn(codes.marker)];
  const day = dayIn[dates[0] ?? 'iso'];
  return {
    encoding,
    heading: lineOf([number, documentType, documentNumber, marker, confirmedOn, clearedOn, where]),
    line: (listing, no) =>
      lineOf([
        no,
        ...documentCells(listing.document, type),
        markerCode(listing.marker),
        day(listing.confirmedOn),
        listing.clearedOn === null ? '' : day(listing.clearedOn),
        laboratory,
      ]),
  };
}

export function registrationsIn({ encoding, columns, codes, dates }: RegistrationForm): Form<Registered> {
  const { number, documentType, documentNumber, registeredOn, releasedOn } = columns;
  const type = codeIn(codes.documentType);
  const day = dayIn[dates[0] ?? 'iso'];
  return {
    encoding,
    heading: lineOf([number, documentType, documentNumber, registeredOn, releasedOn]),
    line: ({ document, on }, no) => lineOf([no, ...documentCells(document, type), day(on), '']),
  };
}

const pieceLength = 65_536;

/** The bytes of a file, piece by piece. @param numberOf the number of the n-th record. */
export function* bytesOf<Item>(
  { encoding, heading, line }: Form<Item>,
  items: Iterable<Item>,
  numberOf: (n: number) => string,
): Generator<Buffer> {
  const bytes = (text: string): Buffer => (encoding === 'utf-8' ? Buffer.from(text) : iconv.encode(text, encoding));
  let text = heading;
  let n = 0;
  for (const item of items) {
    text += line(item, numberOf((n += 1)));
    if (text.length < pieceLength) continue;
    yield bytes(text);
    text = '';
  }
  yield bytes(text);
}
