/**
 * Which directory stands. Whoever brings one, only what the authorities signed is taken, and never an older one; of two that
 * bear the same version the first stays, since the authorities have said two things at once and nobody can tell which counts.
 */
import type { Authorities } from '#schema/directory.ts';
import { SignedDirectory } from '#schema/directory.ts';

import { digestOf, proveDirectory } from './prove.ts';
import type { ProvedDirectory } from './prove.ts';

/** What became of a directory that somebody brought. Only `TAKEN` changes anything. */
export type Outcome = 'TAKEN' | 'KNOWN' | 'OLDER' | 'EQUIVOCATION' | 'UNSIGNED' | 'BROKEN';

export interface Taking {
  readonly outcome: Outcome;
  /** A sentence for whoever brought it. */
  readonly reason: string;
}

export interface Keeper {
  /** The newest that was taken; undefined before the first. */
  newest(): ProvedDirectory | undefined;
  /** Takes a directory if it is newer. One at a time, in the order they come. */
  take(text: string): Promise<Taking>;
}

export interface KeeperOptions {
  /** Who is trusted until a directory says otherwise. */
  readonly trusted: Authorities;
  /** Ends before it counts as taken. */
  readonly onTaken: (taken: ProvedDirectory, isRotation: boolean) => Promise<void>;
  readonly onEquivocation: (kept: ProvedDirectory, refused: ProvedDirectory) => Promise<void>;
}

/** Whether the two name the same keys, and ask for as many. */
const areSame = (one: Authorities, other: Authorities): boolean =>
  one.threshold === other.threshold &&
  one.keys.length === other.keys.length &&
  one.keys.every(({ kid }) => other.keys.some((key) => key.kid === kid));

/** From the authorities pinned at installation to those of today: each change is signed by enough of those before it. */
export async function followRotations(pinned: Authorities, rotations: readonly string[]): Promise<Authorities> {
  let trusted = pinned;
  for (const text of rotations) {
    const proved = await proveDirectory(text, trusted);
    if ('directory' in proved) trusted = proved.directory.authorities;
  }
  return trusted;
}

/** Whether a text says what is known already, before anything dearer is done with it. */
function isKnown(text: string, newest: ProvedDirectory): boolean {
  if (text === newest.text) return true;
  try {
    return digestOf(SignedDirectory.parse(JSON.parse(text)).payload) === newest.digest;
  } catch {
    return false;
  }
}

export function createKeeper({ trusted: pinned, onTaken, onEquivocation }: KeeperOptions): Keeper {
  let newest: ProvedDirectory | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const takeNow = async (text: string): Promise<Taking> => {
    const known: Taking = { outcome: 'KNOWN', reason: `version ${newest?.directory.version ?? 0} is known` };
    if (newest !== undefined && isKnown(text, newest)) return known;
    const trusted = newest?.directory.authorities ?? pinned;
    const proved = await proveDirectory(text, trusted);
    if (!('directory' in proved)) {
      return { outcome: proved.isUnsigned ? 'UNSIGNED' : 'BROKEN', reason: proved.problem };
    }
    const { version, authorities } = proved.directory;
    const here = newest?.directory.version ?? 0;
    if (version < here) return { outcome: 'OLDER', reason: `version ${version} is older than ${here}` };
    if (newest !== undefined && version === here) {
      await onEquivocation(newest, proved);
      return { outcome: 'EQUIVOCATION', reason: `something else under the same version ${version}` };
    }
    await onTaken(proved, !areSame(authorities, trusted));
    newest = proved;
    return { outcome: 'TAKEN', reason: `version ${version} is taken` };
  };

  return {
    newest: () => newest,
    take: (text) => {
      const taking = last.then(() => takeNow(text));
      last = taking.catch(() => undefined);
      return taking;
    },
  };
}
