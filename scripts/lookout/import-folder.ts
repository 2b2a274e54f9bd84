/** Imports a data folder: each station's folder to that station, a few stations at a time, the files of one station in turn. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { ImportKind } from '#schema/import.ts';
import type { ImportSummary } from '#schema/import.ts';
import { StationCode } from '#schema/ids.ts';

import { mapInOrder } from './in-order.ts';
import { Problem } from './problem.ts';
import type { Asker, SignIn } from './sign-in.ts';
import { bar } from './terminal.ts';
import type { Progress } from './terminal.ts';
import { upload } from './upload.ts';
import type { UploadResult } from './upload.ts';

export interface RejectedRow {
  readonly station: string;
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

export interface ImportedFile {
  readonly station: string;
  readonly file: string;
  readonly bytes: number;
  readonly result: UploadResult;
}

interface Job {
  readonly code: StationCode;
  readonly url: string;
  readonly kind: ImportKind;
  readonly path: string;
  readonly bytes: number;
}

/** What a data folder holds for stations that are known, and the folders that look like a station's and are of none. */
export interface Plan {
  readonly jobs: readonly Job[];
  readonly unknown: readonly string[];
}

/** The names of the folders in a data folder. */
export async function readFolderNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Problem(`${folder} is no folder that can be read.`, 'usage', { cause });
  });
  const names = entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  return names.toSorted();
}

/** @param urls where the stations that run are, by code. */
export async function planImport(folder: string, urls: ReadonlyMap<string, string>): Promise<Plan> {
  const names = await readFolderNames(folder);
  const known = names.flatMap((name) => {
    const code = StationCode.safeParse(name).data;
    const url = urls.get(name);
    return code === undefined || url === undefined ? [] : [{ code, url }];
  });
  const jobs = await Promise.all(known.map(({ code, url }) => findJobs(path.join(folder, code), code, url)));
  return { jobs: jobs.flat(), unknown: names.filter((name) => !urls.has(name)) };
}

async function findJobs(folder: string, code: StationCode, url: string): Promise<Job[]> {
  const found = ImportKind.options.map(async (kind) => {
    const file = path.join(folder, `${kind}.csv`);
    const size = await stat(file).then(
      (stats) => stats.size,
      () => undefined,
    );
    return size === undefined ? [] : [{ code, url, kind, path: file, bytes: size }];
  });
  return (await Promise.all(found)).flat();
}

export interface ImportRun {
  readonly jobs: readonly Job[];
  readonly signIn: SignIn;
  readonly asker: Asker;
  readonly progress: Progress;
  readonly onRejected?: (row: RejectedRow) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The most stations that are written to at once. */
const width = 4;

export async function runImport({
  jobs,
  signIn,
  asker,
  progress,
  onRejected = () => undefined,
  signal,
}: ImportRun): Promise<ImportedFile[]> {
  const total = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const done = new Map<Job, { bytes: number; rows: number }>();
  const report = (job: Job, bytes: number, rows: number) => {
    done.set(job, { bytes, rows });
    const all = [...done.values()];
    const rowsDone = all.reduce((sum, part) => sum + part.rows, 0);
    const bytesDone = all.reduce((sum, part) => sum + part.bytes, 0);
    progress.update(`Importing ${bar(bytesDone, total)} ${rowsDone} rows, ${job.code} ${job.kind}`);
  };
  const importOne = async (job: Job): Promise<ImportedFile> => {
    const [station, file] = [job.code, `${job.kind}.csv`];
    const result = await upload({
      ...job,
      signedIn: await signIn(job, asker),
      file: job.path,
      signal,
      onProgress: (bytes, rows) => {
        report(job, bytes, rows);
      },
      onRejected: ({ line, code }) => {
        onRejected({ station, file, line, code });
      },
    });
    report(job, job.bytes, result.state === 'imported' ? result.summary.rows : 0);
    return { station, file, bytes: job.bytes, result };
  };
  const byStation = Map.groupBy(jobs, (job) => job.code);
  const results = await mapInOrder([...byStation.values()], width, async (ofStation) => {
    const files: ImportedFile[] = [];
    for (const job of ofStation) files.push(await importOne(job));
    return files;
  });
  progress.clear();
  return results.flat();
}

/** Sums of what was imported. */
export function totalOf(files: readonly ImportedFile[]): ImportSummary {
  const sum = { rows: 0, inserted: 0, updated: 0, duplicates: 0, rejected: 0 };
  for (const { result } of files) {
    if (result.state !== 'imported') continue;
    for (const name of ['rows', 'inserted', 'updated', 'duplicates', 'rejected'] as const)
      sum[name] += result.summary[name];
  }
  return sum;
}
