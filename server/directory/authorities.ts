/** The authorities a service trusts from its installation on: a file, given to it by hand. */
import { readFileSync } from 'node:fs';

import { Authorities } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';

/** Fails with `DIRECTORY_UNUSABLE` when the file is missing or holds none. */
export function readAuthorities(file: string): Authorities {
  try {
    return Authorities.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Fault('DIRECTORY_UNUSABLE', { cause });
  }
}
