/** `TYPE:NUMBER` as it is typed at a terminal. No sentence about it may hold the number. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { DocumentType, documentTypeCodes } from '#schema/documents.ts';
import type { Document } from '#schema/documents.ts';

import { Problem } from './problem.ts';

const codes: ReadonlyMap<string, DocumentType> = new Map(Object.entries(documentTypeCodes));
const choices = [...codes].map(([code, name]) => `${code} or ${name}`).join(', ');

/** A type by its WS 364 code (`01`) or its name (`RESIDENT_ID`). */
export function findDocumentType(text: string): DocumentType | undefined {
  return codes.get(text) ?? DocumentType.safeParse(text).data;
}

/** The document a text names. Whether its number is one is for the station to say. */
export function parseDocument(text: string): Document {
  const colon = text.indexOf(':');
  const type = colon < 0 ? undefined : findDocumentType(text.slice(0, colon).trim());
  const number = text.slice(colon + 1);
  if (colon < 0 || number.trim() === '')
    throw new Problem('A document is given as TYPE:NUMBER, such as RESIDENT_ID:....', 'usage');
  if (type === undefined) throw new Problem(`Unknown document type; a type is one of ${choices}.`, 'usage');
  return { type, number };
}

/** The document of the option: `-` reads it from the first line of stdin, which keeps it out of the shell's history. */
export async function readDocument(
  option: string,
  input: Readable & { readonly isTTY?: boolean } = process.stdin,
): Promise<Document> {
  if (option !== '-') return parseDocument(option);
  if (input.isTTY === true) process.stderr.write('TYPE:NUMBER: ');
  const lines = createInterface({ input });
  for await (const line of lines) {
    lines.close();
    return parseDocument(line);
  }
  throw new Problem('Nothing was read from stdin: a document is given as TYPE:NUMBER.', 'usage');
}
