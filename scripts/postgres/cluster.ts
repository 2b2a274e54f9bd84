/**
 * The data folder: `cluster/` is PostgreSQL's own, `password` (0600) is ours. A new one is made beside its place and renamed
 * into it, so that it is there whole or not at all. When root's server account cannot enter the folders above (root's home, say),
 * the data lives where it can and a symbolic link stands in its place; who deletes the link has deleted the data.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { PostgresUnavailable } from './postgres-unavailable.ts';
import { relocate } from './relocate.ts';

export interface Cluster {
  /** The folder as the caller named it, for sentences. */
  readonly dataDir: string;
  /** Where it really is. */
  readonly folder: string;
  /** PostgreSQL's own folder in it. */
  readonly pgdata: string;
  readonly password: string;
  readonly account: Account;
}

interface Place {
  readonly dataDir: string;
  readonly account: Account;
  readonly binaries: Binaries;
  readonly ephemeral: boolean;
}

/** Opens the data in the folder, or makes it when there is none. */
export async function openCluster(place: Place): Promise<Cluster> {
  const { dataDir, account, binaries } = place;
  const folder = await findFolder(place);
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new PostgresUnavailable(`The data folder ${dataDir} cannot be read (${codeOf(error) ?? 'unknown error'}).`);
  });
  if (names.length === 0) await initialise(folder, place);
  const pgdata = path.join(folder, 'cluster');
  const read = (file: string) => readFile(path.join(folder, file), 'utf8').then((text) => text.trim());
  const [password, version] = await Promise.all([read('password'), read('cluster/PG_VERSION')]).catch(() => {
    throw unusable(dataDir);
  });
  if (version !== binaries.major) {
    throw new PostgresUnavailable(
      `The data in ${dataDir} is of PostgreSQL ${version} and this is PostgreSQL ${binaries.major}: start with --fresh for an empty one, or name another folder.`,
    );
  }
  return { dataDir, folder, pgdata, password, account };
}

/** The folder itself, or the one in its stead that the server's account can enter. */
async function findFolder({ dataDir, account }: Place): Promise<string> {
  const above = path.dirname(dataDir);
  await mkdir(above, { recursive: true });
  const found = await lstat(dataDir).catch(() => undefined);
  if (found?.isSymbolicLink()) return realpath(dataDir).catch(() => Promise.reject(unusable(dataDir)));
  if (await account.canEnter(path.dirname(above))) {
    // Only the state folder may be in the way, and that is ours: it lets others pass through, not look in.
    if (!(await account.canEnter(above))) await chmod(above, ((await stat(above)).mode & 0o777) | 0o011);
    return dataDir;
  }
  if (found !== undefined && (await readdir(dataDir)).length > 0) {
    throw new PostgresUnavailable(
      `PostgreSQL's account can no longer enter the folders above ${dataDir}: let others pass through them again (chmod o+x), or name another folder.`,
    );
  }
  return relocate(dataDir);
}

function unusable(dataDir: string): PostgresUnavailable {
  return new PostgresUnavailable(
    `The folder ${dataDir} holds no PostgreSQL data that can be used: start with --fresh for an empty one, or name another folder.`,
  );
}

async function initialise(folder: string, { account, binaries, ephemeral }: Place): Promise<void> {
  const fresh = `${folder}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(fresh, { mode: 0o700 });
    const passwordFile = path.join(fresh, 'password');
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    if (account.ids !== undefined) {
      for (const owned of [fresh, passwordFile]) await chown(owned, account.ids.uid, account.ids.gid);
    }
    const options = [
      `--pgdata=${path.join(fresh, 'cluster')}`,
      `--pwfile=${passwordFile}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      ...(ephemeral ? ['--no-sync'] : []),
    ];
    await run(binaries.initdb, options, account);
    await chmod(fresh, 0o700);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another start made the folder meanwhile: ENOTEMPTY. It is as good as ours.
    if (codeOf(error) !== 'ENOTEMPTY') throw error;
  }
}

async function run(command: string, args: readonly string[], account: Account): Promise<void> {
  const child = spawn(command, args, {
    ...account.ids,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new PostgresUnavailable(
      `PostgreSQL could not make its data folder: ${complaint.trim().split('\n').at(-1) ?? 'unknown error'}`,
    );
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
