/**
 * A file that may change while we run. The folder is watched because editors replace files by renaming, and the file is looked
 * at now and then because network file systems report nothing.
 */
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** How often the file is looked at though nothing was reported, and how long a writer gets to finish. */
const POLL_MS = 2_000;
const SETTLE_MS = 40;

/** What changes whenever a file is written or replaced; `undefined` when there is none. */
async function fingerprint(path: string): Promise<string | undefined> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(' ');
  } catch {
    return undefined;
  }
}

/** The text of a file that is not longer than this; throws when there is none, or it is. */
export async function readBounded(path: string, bytes: number): Promise<string> {
  const { size } = await stat(path);
  if (size > bytes) throw new RangeError(`${path} is longer than ${bytes} bytes`);
  return readFile(path, 'utf8');
}

/** Calls `look` soon after anything happens to the file, and every few seconds. One call at a time. */
function watchFile(path: string, look: () => Promise<void>): () => void {
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

export interface WatchedFile {
  readonly path: string;
  /** A longer file is not read. */
  readonly bytes: number;
  /** What it holds now. */
  readonly text: string | undefined;
  /** Called with what it holds whenever that is another text than before; undefined when it cannot be read. */
  readonly onText: (text: string | undefined) => Promise<void>;
}

/** Answers a function that ends it. */
export function watchText({ path, bytes, text, onText }: WatchedFile): () => void {
  let seen: string | undefined;
  let known = text;
  return watchFile(path, async () => {
    const found = await fingerprint(path);
    if (found === seen) return;
    seen = found;
    const fresh = found === undefined ? undefined : await readBounded(path, bytes).catch(() => undefined);
    if (fresh === known) return;
    known = fresh;
    await onText(fresh);
  });
}
