/**
 * What stations have said of one span, and what has been shown of it. Closed books do not change, so that what a station said
 * once stands, and so does what was shown.
 */
import { z } from 'zod';

import { CivilDate } from '#schema/calendar.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { Period } from '#schema/periods.ts';
import { StationKind } from '#schema/procedures.ts';

/** What a station said when it was asked for a year. */
export const Heard = z.object({
  station: StationCode,
  province: ProvinceCode,
  kind: StationKind,
  year: z.int(),
  closedUntil: CivilDate,
  at: z.iso.datetime(),
  counts: z.array(z.tuple([Period, z.string(), z.int().min(1)])),
});
export type Heard = z.infer<typeof Heard>;

/**
 * The cells that have been shown and those that have been withheld, each a set of stations, of periods and of classes: one bit a
 * cell, areas first, classes last, in base64.
 */
export const Shown = z.object({
  areas: z.array(z.array(StationCode).min(1)),
  periods: z.array(z.array(Period).min(1)),
  classes: z.array(z.array(z.string()).min(1)),
  cells: z.base64(),
  withheld: z.base64(),
});
export type Shown = z.infer<typeof Shown>;

/** One record of the books of a span: who was newly heard, and all that has been shown then. */
export const BooksRecord = z.object({ at: z.iso.datetime(), heard: z.array(Heard), shown: Shown.nullable() });
export type BooksRecord = z.infer<typeof BooksRecord>;

/** The books of a span as they stand. */
export interface Books {
  /** How many records there are. */
  readonly records: number;
  readonly heard: readonly Heard[];
  readonly shown: Shown | null;
}

export const noBooks: Books = { records: 0, heard: [], shown: null };

export const withRecord = ({ records, heard, shown }: Books, record: BooksRecord): Books => ({
  records: records + 1,
  heard: [...heard, ...record.heard],
  shown: record.shown ?? shown,
});

export function packBits(bits: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, at) => {
    if (bit !== 0) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  });
  return Buffer.from(bytes).toString('base64');
}

export function isSet(bytes: Uint8Array, at: number): boolean {
  return (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
}
