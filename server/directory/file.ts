/**
 * The directory of a service, in a file of its own. A newer one is taken whoever brings it, another node or a hand that writes
 * the file; what is refused leaves one line in the log, and the old one stays.
 */
import { resolve } from 'node:path';

import type { Logger } from 'pino';

import { standingOf } from '#schema/directory.ts';
import type { Authorities, Directory, DirectoryStanding } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';

import { describeError } from '../errors/describe-error.ts';
import { createKeeper, followRotations } from './keeper.ts';
import type { Taking } from './keeper.ts';
import { longestDirectory } from './prove.ts';
import type { ProvedDirectory } from './prove.ts';
import type { TakenStore } from './taken.ts';
import { readBounded, watchText } from './watch-file.ts';
import { writeWhole } from './write-whole.ts';
import type { Check } from '../http/health.ts';

export interface DirectoryFile {
  /** The newest that was taken. */
  current(): Directory;
  /** The same as it was signed. */
  signed(): Pick<ProvedDirectory, 'digest' | 'text'>;
  /** Those that changed the authorities, the oldest first: whoever was away needs them to believe the newest. */
  rotations(): readonly string[];
  standing(): DirectoryStanding;
  /** Calls `listener` after each change; answers a function that ends it. */
  onChange(listener: (directory: Directory) => void): () => void;
  /** Takes a signed directory if it is newer. @param from who brought it, for the log. */
  take(text: string, from: string): Promise<Taking>;
  /** For `/readyz`. */
  check(): Check;
  stop(): void;
}

export interface DirectoryOptions {
  /** The authorities pinned at installation. */
  readonly authorities: Authorities;
  readonly taken: TakenStore;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const unusable = (cause: unknown) => new Fault('DIRECTORY_UNUSABLE', { cause });

const details = {
  FRESH: undefined,
  SOFT_EXPIRED: 'past its soft expiry: no bar is lifted and nobody admitted until a newer one comes',
  HARD_EXPIRED: 'past its hard expiry: every check is INDETERMINATE until a newer one comes',
} as const satisfies Record<DirectoryStanding, string | undefined>;

/** Opens the directory file; fails with `DIRECTORY_UNUSABLE` when there is no directory that can be believed. */
export async function openDirectory(path: string, options: DirectoryOptions): Promise<DirectoryFile> {
  const { log, now = Date.now } = options;
  const file = resolve(path);
  const listeners = new Set<(directory: Directory) => void>();
  const kept = await openKeeper(file, options);
  const { keeper, newest } = kept;

  const take = async (text: string, from: string): Promise<Taking> => {
    const taking = await keeper.take(text);
    const { directory } = newest();
    if (taking.outcome === 'TAKEN') {
      log.info({ from, version: directory.version, members: directory.members.length }, 'directory taken');
      for (const listener of listeners) listener(directory);
    } else if (taking.outcome !== 'KNOWN') {
      const { outcome, reason: problem } = taking;
      log.error({ from, outcome, problem, version: directory.version }, 'directory refused, the old one stays');
    }
    return taking;
  };
  const takeFile = async (text: string | undefined): Promise<void> => {
    try {
      if (text === undefined) log.error({ file }, 'directory refused, the old one stays: the file cannot be read');
      else await take(text, file);
    } catch (error) {
      log.error({ file, error: describeError(error) }, 'a directory could not be taken');
    }
  };

  const found = await readBounded(file, longestDirectory).catch((error: unknown) => {
    if (keeper.newest() === undefined) throw unusable(error);
    return undefined;
  });
  if (found !== undefined && keeper.newest() === undefined) {
    const { outcome, reason } = await keeper.take(found);
    if (outcome !== 'TAKEN') throw unusable(reason);
  } else {
    await takeFile(found);
  }
  const stop = watchText({ path: file, bytes: longestDirectory, text: found, onText: takeFile });

  return {
    current: () => newest().directory,
    signed: newest,
    rotations: () => kept.rotations,
    standing: () => standingOf(newest().directory, now()),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    take,
    check: () => {
      const { directory } = newest();
      const standing = standingOf(directory, now());
      const detail = [`version ${directory.version}`, details[standing], kept.doubt()].filter(Boolean).join('; ');
      return { name: 'directory', ok: standing !== 'HARD_EXPIRED', detail };
    },
    stop,
  };
}

/** The keeper of a file, with what was taken before: what it takes is in the file and remembered before it counts. */
async function openKeeper(file: string, { authorities, taken, log }: DirectoryOptions) {
  const before = await taken.find();
  const rotations = [...before.rotations];
  let twice: number | undefined;
  const keeper = createKeeper({
    trusted: await followRotations(authorities, rotations),
    onTaken: async (proved, isRotation) => {
      if (proved.text === before.newest) return;
      await writeWhole(file, proved.text);
      await taken.remember(proved, isRotation);
      if (isRotation) rotations.push(proved.text);
    },
    onEquivocation: async (kept, refused) => {
      twice = kept.directory.version;
      const evidence = `${file}.equivocation-${twice}-${refused.digest.slice(0, 8)}.json`;
      await writeWhole(evidence, JSON.stringify({ kept: kept.text, refused: refused.text }));
      log.error({ evidence, version: twice }, 'the authorities signed two directories of one version');
    },
  });
  if (before.newest !== null) await keeper.take(before.newest);
  return {
    keeper,
    rotations,
    newest: (): ProvedDirectory => {
      const newest = keeper.newest();
      if (newest === undefined) throw unusable('there is none');
      return newest;
    },
    /** What an operator has to look at; undefined when there is nothing. */
    doubt: () => (twice === undefined ? undefined : `version ${twice} was signed twice with different words`),
  };
}
