/** Secret keys of 32 random bytes in hexadecimal, made once and readable by their owner only: the one donor tokens are made under, and others. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { Problem, systemCodeOf } from '#scripts/lookout/problem.ts';

import { writeWhole } from './json-file.ts';
import { remedy } from './state-folder.ts';

/** @param name what it is, for a sentence. */
export async function ensureSecretKey(file: string, name: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return writeWhole(file, `${randomBytes(32).toString('hex')}\n`, 0o600);
  // A new token key would make strangers of all donors who are known: never made in the place of a broken one.
  if (!/^[0-9a-f]{64}\s*$/.test(text)) throw new Problem(`The ${name} ${file} is broken: ${remedy}`, 'failed');
}
