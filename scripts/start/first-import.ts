/**
 * The first import of each station, through the same door that `lookout import` uses. What it said is kept in the state
 * folder; the station calls itself ready once that file is there. Broken off, it is simply done again: an import repeats
 * without harm.
 */
import { access } from 'node:fs/promises';

import { planImport, runImport, totalOf } from '#scripts/lookout/import-folder.ts';
import type { ImportedFile, RejectedRow } from '#scripts/lookout/import-folder.ts';
import { Problem } from '#scripts/lookout/problem.ts';
import { usualAskers } from '#scripts/lookout/sign-in.ts';
import type { SignIn } from '#scripts/lookout/sign-in.ts';
import type { Progress } from '#scripts/lookout/terminal.ts';
import type { StationCode } from '#schema/ids.ts';

import { writeJson } from './json-file.ts';
import type { Layout } from './layout.ts';

export interface FirstImport {
  readonly layout: Layout;
  /** The data folder. */
  readonly data: string;
  readonly signIn: SignIn;
  readonly stations: readonly { readonly code: StationCode; readonly url: string }[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Which of the stations still lack their first import. */
export async function findPending<T extends { readonly code: StationCode }>(
  layout: Layout,
  stations: readonly T[],
): Promise<T[]> {
  const done = await Promise.all(
    stations.map(({ code }) =>
      access(layout.importedOf(code)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return stations.filter((_, index) => done[index] !== true);
}

export async function importFirst({ layout, data, signIn, stations, progress, signal }: FirstImport): Promise<void> {
  if (stations.length === 0) return;
  const urls = new Map<string, string>(stations.map(({ code, url }) => [code, url]));
  const { jobs } = await planImport(data, urls);
  const rejected: RejectedRow[] = [];
  const files = await runImport({
    jobs,
    signIn,
    asker: usualAskers.system,
    progress,
    signal,
    onRejected: (row) => rejected.push(row),
  });
  const failures = files.flatMap(({ station, file, result }) =>
    result.state === 'imported' ? [] : [`${station}/${file}: ${result.sentence}`],
  );
  for (const { code } of stations) {
    const own = files.filter(({ station }) => station === code);
    // A station that lacks a file must not look as if it knew everything: it stays not ready.
    if (own.every(({ result }) => result.state === 'imported'))
      await writeJson(
        layout.importedOf(code),
        recordOf(
          own,
          rejected.filter(({ station }) => station === code),
        ),
      );
  }
  if (failures.length > 0) {
    throw new Problem(
      `The first import failed, and a federation that lacks data does not run:\n  ${failures.join('\n  ')}\nCorrect this and start again; what was imported is kept.`,
      'failed',
    );
  }
  const { rows, inserted, duplicates, rejected: turned } = totalOf(files);
  progress.say(
    `Imported ${rows} rows of ${stations.length} stations: ${inserted} new, ${duplicates} known already, ${turned} rejected (listed in ${layout.imported}).`,
  );
}

function recordOf(files: readonly ImportedFile[], rejected: readonly RejectedRow[]): object {
  return {
    at: new Date().toISOString(),
    files: files.map(({ file, result }) => ({ file, ...(result.state === 'imported' && result.summary) })),
    rejected: rejected.map(({ file, line, code }) => ({ file, line, code })),
  };
}
