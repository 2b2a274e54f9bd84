/** A directory for benches: signed by one authority that is forgotten at once, and pinned beside it. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { exportJWK, generateKeyPair } from 'jose';

import { thumbprintOf } from '#schema/directory.ts';
import type { Directory } from '#schema/directory.ts';
import { newDirectory } from '#scripts/lookout/directory/new-directory.ts';
import { signDirectory, unsignedDirectory } from '#server/directory/sign.ts';
import { SigningJwk } from '#server/keys/signing-jwk.ts';

/** The configuration of a service that takes it. */
export interface BenchDirectory {
  readonly LOOKOUT_DIRECTORY: string;
  readonly LOOKOUT_AUTHORITIES: string;
}

export async function writeBenchDirectory(folder: string, said: Partial<Directory>): Promise<BenchDirectory> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key = SigningJwk.parse(JSON.stringify(await exportJWK(privateKey)));
  const { kty, crv, x } = key;
  const authorities = { threshold: 1, keys: [{ kid: thumbprintOf(key), kty, crv, x, name: 'Bench' }] };
  const directory = newDirectory({ ...said, authorities });
  const files = {
    LOOKOUT_DIRECTORY: path.join(folder, 'directory.json'),
    LOOKOUT_AUTHORITIES: path.join(folder, 'authorities.json'),
  };
  await writeFile(files.LOOKOUT_DIRECTORY, JSON.stringify(await signDirectory(unsignedDirectory(directory), key)));
  await writeFile(files.LOOKOUT_AUTHORITIES, JSON.stringify(authorities));
  return files;
}
