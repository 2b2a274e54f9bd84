/** The directory that a federation on this machine goes by: the newest of the state folder that its authorities signed. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import type { Authorities } from '#schema/directory.ts';
import { proveDirectory } from '#server/directory/prove.ts';
import type { ProvedDirectory } from '#server/directory/prove.ts';
import type { Layout } from '#scripts/start/layout.ts';

/** The text of the operator's own copy, and of what each service keeps. */
async function findTexts({ directory, directories }: Layout): Promise<string[]> {
  const caches = (await readdir(directories).catch(() => [])).filter((name) => name.endsWith('.json'));
  const files = [directory, ...caches.map((name) => path.join(directories, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => undefined)));
  return texts.filter((text) => text !== undefined);
}

/** Undefined when there is none yet. What is not signed by enough of the authorities is passed over. */
export async function findPublished(layout: Layout, authorities: Authorities): Promise<ProvedDirectory | undefined> {
  const texts = new Set(await findTexts(layout));
  const all = await Promise.all([...texts].map((text) => proveDirectory(text, authorities)));
  const proved = all.filter((one) => 'directory' in one);
  return proved.toSorted((one, other) => other.directory.version - one.directory.version)[0];
}
