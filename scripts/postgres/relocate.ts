/**
 * Root's data where the server's account can enter: in a folder of the machine, with a symbolic link in its place. The link
 * is what counts; without it the data is given up, and what a folder for temporary files has given up is removed here.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharedFolder } from './binaries.ts';

/** Says beside the data whose place it takes. */
const originOf = (folder: string) => `${folder}.origin`;

/** @returns an empty folder for the data, to which `dataDir` is now a link. */
export async function relocate(dataDir: string): Promise<string> {
  await mkdir(sharedFolder, { recursive: true, mode: 0o755 });
  await sweep();
  const folder = path.join(sharedFolder, `data-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(originOf(folder), dataDir);
  await rm(dataDir, { recursive: true, force: true });
  await symlink(folder, dataDir);
  return folder;
}

/** Only for temporary places: elsewhere a link may be missing because a disk is not mounted today. */
async function sweep(): Promise<void> {
  const names = (await readdir(sharedFolder)).filter((name) => name.endsWith('.origin'));
  for (const name of names) {
    const file = path.join(sharedFolder, name);
    const folder = file.slice(0, -'.origin'.length);
    const origin = await readFile(file, 'utf8').catch(() => undefined); // another start may sweep too
    if (origin === undefined || !origin.startsWith(tmpdir() + path.sep)) continue;
    if ((await readlink(origin).catch(() => undefined)) === folder) continue;
    await rm(folder, { recursive: true, force: true });
    await rm(file, { force: true });
  }
}
