/**
 * The books of all spans on disk, in a folder of the gateway's own: a folder a span, a numbered file a record, never changed. A
 * record is there whole or not at all, and a number is given once, whoever else writes there: two gateways cannot show two things.
 */
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { randomUUID } from 'node:crypto';

import { BooksRecord, noBooks, withRecord } from './books.ts';
import type { Books } from './books.ts';
import type { Span } from './span.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

export interface BooksStore {
  /** Rejects when a record cannot be read: without what was shown, nothing may be. */
  read(span: Span): Promise<Books>;
  /** On disk once it resolves. False when somebody else has written the next record meanwhile; read again then. */
  append(span: Span, books: Books, record: BooksRecord): Promise<boolean>;
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';
const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** @param folder made when it is first needed. */
export function createBooksStore(folder: string): BooksStore {
  const folderOf = ({ family, period }: Span): string => path.join(folder, `${family}.${period.replace('/', '-')}`);
  const fileOf = (span: Span, number: number): string =>
    path.join(folderOf(span), `${String(number).padStart(6, '0')}.json.gz`);

  const namesIn = async (span: Span): Promise<string[]> => {
    try {
      return await readdir(folderOf(span));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  };

  return {
    async read(span) {
      const count = (await namesIn(span)).filter((name) => name.endsWith('.json.gz')).length;
      let books = noBooks;
      for (let number = 1; number <= count; number += 1) {
        const bytes = await expand(await readFile(fileOf(span, number)));
        books = withRecord(books, BooksRecord.parse(JSON.parse(bytes.toString())));
      }
      return books;
    },
    async append(span, { records }, record) {
      await mkdir(folderOf(span), { recursive: true, mode: 0o700 });
      const fresh = path.join(folderOf(span), `${randomUUID()}.tmp`);
      try {
        await writeFile(fresh, await compress(JSON.stringify(record)), { flush: true, mode: 0o600 });
        // A rename would take the place of what is there; a second name for a file does not.
        await link(fresh, fileOf(span, records + 1));
        return true;
      } catch (error) {
        if (isTaken(error)) return false;
        throw error;
      } finally {
        await rm(fresh, { force: true });
      }
    },
  };
}
