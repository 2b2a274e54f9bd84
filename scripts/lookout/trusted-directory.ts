/** The directory a proof is held against: that of the federation on this machine, or one somebody brought, with its authorities. */
import { readFile } from 'node:fs/promises';

import type { Directory } from '#schema/directory.ts';
import { readAuthorities } from '#server/directory/authorities.ts';
import { proveDirectory } from '#server/directory/prove.ts';

import { getDirectory } from './federation-directory.ts';
import { Problem } from './problem.ts';

export interface DirectoryOptions {
  readonly state: string;
  readonly directory?: string;
  readonly authorities?: string;
}

export async function directoryOf({ state, directory, authorities }: DirectoryOptions): Promise<Directory> {
  if (directory === undefined) return getDirectory(state);
  if (authorities === undefined) throw new Problem('--directory needs --authorities.', 'usage');
  const signed = await readFile(directory, 'utf8').catch((cause: unknown) => {
    throw new Problem(`${directory} cannot be read.`, 'usage', { cause });
  });
  const proved = await proveDirectory(signed, readAuthorities(authorities));
  if (!('directory' in proved)) throw new Problem('The directory is not signed by enough of the authorities.', 'no');
  return proved.directory;
}
