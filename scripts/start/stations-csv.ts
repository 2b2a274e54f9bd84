/** The stations of a data folder: `stations.csv` with the columns code, kind, province, name_zh, name_en. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'csv-parse/sync';
import { z } from 'zod';

import { Member } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';

/** A station as the data folder names it: a member that has neither address nor key yet. */
export const StationEntry = Member.omit({ endpoint: true, status: true, suspensions: true, keys: true });
export type StationEntry = z.infer<typeof StationEntry>;

const columns = ['code', 'kind', 'province', 'name_zh', 'name_en'] as const;
const Row = z.record(z.enum(columns), z.string());

export async function readStations(folder: string): Promise<StationEntry[]> {
  const file = path.join(folder, 'stations.csv');
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Problem(`${folder} is no data folder: it has no stations.csv that can be read.`, 'usage', { cause });
  });
  try {
    return parseStations(bytes);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? cause.issues.map(sentenceOf).join('; ') : messageOf(cause);
    throw new Problem(`${file} is not a list of stations: ${why}.`, 'usage', { cause });
  }
}

export function parseStations(bytes: Uint8Array): StationEntry[] {
  const rows: unknown[] = parse(Buffer.from(bytes), { columns: true, bom: true, skip_empty_lines: true, trim: true });
  const stations = rows.map((row, index) => {
    const known = Row.parse(pick(row), { reportInput: false });
    const { name_zh: nameZh, name_en: nameEn, ...rest } = known;
    const entry = StationEntry.safeParse({ ...rest, nameZh, nameEn });
    if (entry.success) return entry.data;
    throw new z.ZodError(entry.error.issues.map((issue) => ({ ...issue, path: [`row ${index + 1}`, ...issue.path] })));
  });
  if (stations.length === 0) throw new Error('it names no station');
  if (new Set(stations.map(({ code }) => code)).size < stations.length) throw new Error('it names a station twice');
  return stations;
}

/** The columns we know, whatever else there is and in whatever order. */
function pick(row: unknown): unknown {
  const cells = z.record(z.string(), z.string()).parse(row);
  return Object.fromEntries(columns.filter((name) => name in cells).map((name) => [name, cells[name]]));
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  return `${issue.path.join(' ')}: ${issue.message}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
