/**
 * The state folder of a federation: opened, locked, and checked before anything is started on it. `state.json` is written
 * first and says which form the folder has, whose data it holds and which stations there are.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { Problem, systemCodeOf } from '#scripts/lookout/problem.ts';

import { findJson, writeJson } from './json-file.ts';
import { layoutOf, ownNames, sampleData } from './layout.ts';
import type { Layout } from './layout.ts';
import type { LogEngine } from './donor-log.ts';
import { takeLock } from './lock.ts';
import { StationEntry, readStations } from './stations-csv.ts';

/** Rises when a folder made earlier can no longer be read. */
const format = 2;

const StateRecord = z.object({
  format: z.literal(format),
  data: z.string().min(1),
  stations: z.array(StationEntry).min(1),
  log: z.enum(['embedded', 'kafka']).default('embedded'),
});
type StateRecord = z.infer<typeof StateRecord>;

/** The sample moves with the project, so its place is not written down. */
const sampleName = 'sample';

export interface StateOptions {
  readonly state: string;
  /** The data folder that was asked for; the sample, or what the state already holds, when undefined. */
  readonly data: string | undefined;
  readonly fresh: boolean;
  /** Which engine is to keep the donor log. */
  readonly log: LogEngine;
}

export interface State {
  readonly layout: Layout;
  /** The folder the first import reads. */
  readonly data: string;
  readonly stations: readonly StationEntry[];
  readonly isNew: boolean;
  /** Gives the lock back. */
  release(): Promise<void>;
}

export async function openState(options: StateOptions): Promise<State> {
  const layout = layoutOf(options.state);
  const release = await lockFolder(layout);
  try {
    await refuseForeign(layout);
    const wanted = options.data === undefined ? undefined : path.resolve(options.data);
    const asked = wanted === undefined ? undefined : await readStations(wanted);
    if (options.fresh) await empty(layout);
    const known = await findRecord(layout);
    if (known === undefined) await refuseHalf(layout);
    const data = dataOf(layout, known, wanted);
    const stations = asked ?? known?.stations ?? (await readStations(data));
    refuseOtherLog(layout, known, options.log);
    const record: StateRecord = {
      format,
      data: data === sampleData ? sampleName : data,
      stations: [...stations],
      log: options.log,
    };
    await writeJson(layout.record, record);
    await Promise.all([layout.imported, layout.logs].map((folder) => mkdir(folder, { recursive: true })));
    return { layout, data, stations, isNew: known === undefined, release };
  } catch (error) {
    await release();
    throw error instanceof Problem ? error : unusable(layout, error);
  }
}

/** The record of a folder, without opening it: for those who only look. */
export function findRecord(layout: Layout): Promise<StateRecord | undefined> {
  return findJson(layout.record, StateRecord, (cause) => {
    const other = cause instanceof z.ZodError && cause.issues.some(({ path: at }) => at[0] === 'format');
    const why = other ? 'was made by another version of Donor Lookout' : 'is broken (state.json cannot be read)';
    return new Problem(`The state folder ${layout.folder} ${why}: ${remedy}`, 'failed', { cause });
  });
}

export const remedy = 'start with --fresh to make it anew, or name another folder with --state.';

async function lockFolder(layout: Layout): Promise<() => Promise<void>> {
  try {
    await mkdir(layout.folder, { recursive: true });
    return await takeLock(layout.lock, layout.folder);
  } catch (error) {
    throw error instanceof Problem ? error : unusable(layout, error);
  }
}

const isOwn = (name: string) => ownNames.some((own) => name === own || name.startsWith(`${own}.`));

/** `--fresh` deletes, so a folder that is not ours is never taken for a state folder. */
async function refuseForeign({ folder, record }: Layout): Promise<void> {
  const names = await readdir(folder);
  const foreign = names.find((name) => !isOwn(name));
  if (foreign !== undefined && !names.includes(path.basename(record))) {
    throw new Problem(
      `${folder} is no state folder: it holds other files (${foreign}). Name a new or empty folder with --state.`,
      'usage',
    );
  }
}

async function empty({ folder, lock }: Layout): Promise<void> {
  const names = (await readdir(folder)).filter((name) => isOwn(name) && name !== path.basename(lock));
  await Promise.all(names.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

/** The record is written before anything else, so data without it is what is left of something. */
async function refuseHalf({ folder, postgres }: Layout): Promise<void> {
  if ((await readdir(folder)).includes(path.basename(postgres))) {
    throw new Problem(`The state folder ${folder} is broken (state.json is missing): ${remedy}`, 'failed');
  }
}

function dataOf(layout: Layout, known: StateRecord | undefined, wanted: string | undefined): string {
  const held = known === undefined ? undefined : known.data === sampleName ? sampleData : known.data;
  if (held !== undefined && wanted !== undefined && held !== wanted) {
    throw new Problem(`The state folder ${layout.folder} holds the data of ${held}: ${remedy}`, 'usage');
  }
  return wanted ?? held ?? sampleData;
}

/** What was told to one log is not in another. */
function refuseOtherLog(layout: Layout, known: StateRecord | undefined, wanted: LogEngine): void {
  if (known === undefined || known.log === wanted) return;
  const how = known.log === 'kafka' ? 'with --kafka' : 'without --kafka';
  throw new Problem(
    `The state folder ${layout.folder} keeps its donor log elsewhere: start ${how}, or ${remedy}`,
    'usage',
  );
}

function unusable(layout: Layout, cause: unknown): Problem {
  const code = systemCodeOf(cause) ?? 'unknown error';
  const why: { readonly [code: string]: string } = {
    ENOTDIR: 'it is not a folder',
    EEXIST: 'it is not a folder',
    EACCES: 'it may not be written to',
    EPERM: 'it may not be written to',
    EROFS: 'it is on a disk that cannot be written to',
    ENOSPC: 'the disk is full',
  };
  return new Problem(`The state folder ${layout.folder} cannot be used: ${why[code] ?? code}.`, 'failed', { cause });
}
