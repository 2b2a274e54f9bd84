/** One federation a state folder: the lock file names the process that runs on it, and one left by a process that is gone is taken over. */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

import { Problem, systemCodeOf } from '#scripts/lookout/problem.ts';

import { ProcessIdentity, identityOf, isRunning } from './process-identity.ts';

/** Takes the lock, or says who has it. Returns what gives it back. */
export async function takeLock(file: string, folder: string): Promise<() => Promise<void>> {
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify(identityOf(process.pid)));
  try {
    // A link appears whole and fails when the name is taken: two that start at once cannot both have it.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const taken = await link(mine, file).then(
        () => true,
        (error: unknown) => {
          if (systemCodeOf(error) === 'EEXIST') return false;
          throw error;
        },
      );
      if (taken) return () => rm(file, { force: true });
      await removeStale(file, folder);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new Problem(`The state folder ${folder} could not be locked: another start is at it just now.`, 'failed');
}

async function removeStale(file: string, folder: string): Promise<void> {
  // Moved aside before it is looked at, so that a lock taken meanwhile is not removed in its stead.
  const aside = `${file}.${process.pid}.old`;
  const found = await readFile(file, 'utf8').catch(() => '');
  refuseLiving(found, folder);
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => '');
  if (moved !== found) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function refuseLiving(text: string, folder: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return; // half-written by a process that was killed
  }
  const owner = ProcessIdentity.safeParse(value);
  if (owner.success && isRunning(owner.data)) {
    throw new Problem(
      `The state folder ${folder} is in use by a running federation (process ${owner.data.pid}): stop that one, or name another folder with --state.`,
      'failed',
    );
  }
}
