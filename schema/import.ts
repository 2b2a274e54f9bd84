/**
 * The import of a station's own files, as seen from outside: which files there are, and what the station says while it
 * reads one. The answer to `POST /import/<kind>` is NDJSON, one `ImportEvent` a line; the last line is a `summary` or
 * a `fault`.
 */
import { z } from 'zod';

import { fileFaults, rejections } from './codes.ts';
import type { FileFaultCode, RejectionCode, Sentence } from './codes.ts';

/** What a file holds; also the name of the file in a station's folder, `donations.csv`. */
export const ImportKind = z.enum(['donations', 'lookouts', 'registrations']);
export type ImportKind = z.infer<typeof ImportKind>;

const count = z.int().min(0);

/** How an import ended. `rows = inserted + updated + duplicates + rejected`; the heading and empty lines are no rows. */
export const ImportSummary = z.object({
  rows: count,
  /** Rows that were new. */
  inserted: count,
  /** Rows that completed a known record, as a clearing day does a lookout. */
  updated: count,
  /** Rows that said what was known already. */
  duplicates: count,
  /** Rows left out. Only the first `maxListedRejections` of them are listed one by one. */
  rejected: count,
});
export type ImportSummary = z.infer<typeof ImportSummary>;

/** So many rejected rows are listed with line and code; the rest is counted only, so that no file can fill a memory. */
export const maxListedRejections = 10_000;

const codesOf = <Code extends string>(table: Record<Code, Sentence>) => z.enum(Object.keys(table) as Code[]);

/** How far the import is: bytes of the file and rows read so far. */
export const ImportProgress = z.object({ type: z.literal('progress'), bytes: count, rows: count });
export type ImportProgress = z.infer<typeof ImportProgress>;

/** A row that was left out. `line` is the physical line the row begins on; the heading is line 1. */
export const ImportRejection = z.object({
  type: z.literal('rejected'),
  line: z.int().min(2),
  code: codesOf<RejectionCode>(rejections),
});
export type ImportRejection = z.infer<typeof ImportRejection>;

/** What the station says while it reads a file, one after the other. Lines of rejected rows rise. */
export const ImportEvent = z.discriminatedUnion('type', [
  ImportProgress,
  ImportRejection,
  /** Everything is stored. */
  ImportSummary.extend({ type: z.literal('summary') }),
  /** The file as a whole was refused; nothing of it is stored. `INTERNAL`: the station itself failed, see its log. */
  z.object({
    type: z.literal('fault'),
    code: z.union([codesOf<FileFaultCode>(fileFaults), z.literal('INTERNAL')]),
    message: z.string(),
    messageZh: z.string(),
  }),
]);
export type ImportEvent = z.infer<typeof ImportEvent>;
