/**
 * The directory as a file that may change while we run. A new valid version is taken at once; a broken file, an older
 * version, or the same version with other members is refused with one log line and the old one stays. The folder is
 * watched because editors replace files by renaming, and the file is looked at now and then because network file
 * systems report nothing.
 */
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

import { Directory } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import type { Logger } from 'pino';

/** How often the file is looked at though nothing was reported, and how long a writer gets to finish. */
const POLL_MS = 2_000;
const SETTLE_MS = 40;

export interface DirectoryFile {
  /** The newest valid version. */
  current(): Directory;
  /** Calls `listener` after each change; answers a function that ends it. */
  onChange(listener: (directory: Directory) => void): () => void;
  stop(): void;
}

type Reading = { readonly directory: Directory } | { readonly problem: string };

const problemOf = (error: unknown) => (error instanceof z.ZodError ? z.prettifyError(error) : String(error));

function parse(text: string): Reading {
  try {
    return { directory: Directory.parse(JSON.parse(text)) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** What changes whenever a file is written or replaced; `undefined` when there is none. */
async function fingerprint(path: string): Promise<string | undefined> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(' ');
  } catch {
    return undefined;
  }
}

/** Why `next` may not take the place of `old`, if so. */
function objection(old: Directory, next: Directory): string | undefined {
  if (next.version < old.version) return `version ${next.version} is older than ${old.version}`;
  if (next.version === old.version && !isDeepStrictEqual(next, old)) {
    return `other members under the same version ${next.version}`;
  }
  return undefined;
}

/** Calls `look` soon after anything happens to the file, and every few seconds. One call at a time. */
function watchFile(path: string, look: () => Promise<void>) {
  let stopped = false;
  let looking = Promise.resolve();
  let settling: NodeJS.Timeout | undefined;
  const lookNow = () => {
    settling = undefined;
    looking = looking.then(() => (stopped ? undefined : look()));
  };
  const lookSoon = (delay: number) => {
    if (!stopped) settling ??= setTimeout(lookNow, delay).unref();
  };
  const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
    if (name === null || name === basename(path)) lookSoon(SETTLE_MS);
  });
  // A watcher may die with its folder or a network mount; the poll goes on.
  watcher.on('error', () => {
    watcher.close();
  });
  const poll = setInterval(lookNow, POLL_MS).unref();
  return () => {
    stopped = true;
    clearInterval(poll);
    clearTimeout(settling);
    watcher.close();
  };
}

/** Opens the directory file; fails with `DIRECTORY_UNUSABLE` when it is missing or broken now. */
export async function openDirectory(path: string, { log }: { log: Logger }): Promise<DirectoryFile> {
  const file = resolve(path);
  const unusable = (cause: unknown) => new Fault('DIRECTORY_UNUSABLE', { cause });
  let seen = await fingerprint(file);
  let text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unusable(error);
  });
  const first = parse(text);
  if ('problem' in first) throw unusable(first.problem);
  let directory = first.directory;
  const listeners = new Set<(directory: Directory) => void>();

  const refuse = (problem: string) => {
    log.error({ file, problem, version: directory.version }, 'directory refused, the old one stays');
  };
  const examine = (next: Directory) => {
    const problem = objection(directory, next);
    if (problem !== undefined) {
      refuse(problem);
    } else if (next.version > directory.version) {
      directory = next;
      log.info({ file, version: next.version, members: next.members.length }, 'directory taken');
      for (const listener of listeners) listener(next);
    }
  };
  const look = async () => {
    const found = await fingerprint(file);
    if (found === seen) return;
    seen = found;
    const fresh = found === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
    if (fresh === undefined) {
      refuse('the file cannot be read');
    } else if (fresh !== text) {
      text = fresh;
      const reading = parse(fresh);
      if ('problem' in reading) refuse(reading.problem);
      else examine(reading.directory);
    }
  };
  const stop = watchFile(file, look);

  return {
    current: () => directory,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
  };
}
