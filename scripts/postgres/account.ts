/**
 * Who the server runs as. PostgreSQL refuses to run as root, so root runs it as somebody else: the owner of a data folder
 * that is there, else the machine's `postgres`, else `nobody`. No account is added to the machine. That other account may
 * not be able to enter the folders above ours (a checkout in root's home, say), so it can be asked whether it can.
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { PostgresUnavailable } from './postgres-unavailable.ts';

export interface Account {
  /** Undefined: the server runs as we do. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** Whether the account can enter this folder, or the nearest one above it that exists. */
  canEnter(folder: string): Promise<boolean>;
}

/** @param dataDir the data folder, which need not exist yet. */
export async function findAccount(dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { ids: undefined, canEnter: () => Promise.resolve(true) };
  const owner = await stat(dataDir).catch(() => undefined);
  const ids = owner !== undefined && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await findUnprivileged();
  return { ids, canEnter: (folder) => canEnter(ids, folder) };
}

async function findUnprivileged(): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new PostgresUnavailable(
    'PostgreSQL does not run as root and this machine has no account postgres or nobody: run this as another user.',
  );
}

async function canEnter(ids: { uid: number; gid: number }, folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found !== undefined) {
    const bit = found.uid === ids.uid ? 0o100 : found.gid === ids.gid ? 0o010 : 0o001;
    if ((found.mode & bit) === 0) return false;
  }
  const above = path.dirname(folder);
  return above === folder || canEnter(ids, above);
}
