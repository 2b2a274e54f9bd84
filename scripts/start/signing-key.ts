/**
 * The key a station signs with: made once, kept in a file only its owner reads. The public part goes into the directory, and
 * what it signed stays tied to it, so it is never made anew in the place of a broken one.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

import { SigningKey } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { findJson, writeWhole } from './json-file.ts';
import { remedy } from './state-folder.ts';

const publicParts = { kty: true, crv: true, x: true } as const;
const PrivateKey = SigningKey.pick(publicParts)
  .extend({ d: z.string().length(43) })
  .strip();
type PrivateKey = z.infer<typeof PrivateKey>;

async function makeKey(file: string): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key = PrivateKey.parse(await exportJWK(privateKey));
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, `${JSON.stringify(key)}\n`, 0o600);
  return key;
}

/** The log's clock may be behind ours by so much. */
const marginMs = 300_000;

/** The public part of the key in the file, which is made when there is none. In use from now on, as far as it says. */
export async function ensureSigningKey(file: string): Promise<SigningKey> {
  const known = await findJson(
    file,
    PrivateKey,
    (cause) => new Problem(`The signing key ${file} is broken: ${remedy}`, 'failed', { cause }),
  );
  const { kty, crv, x } = known ?? (await makeKey(file));
  const kid = await calculateJwkThumbprint({ kty, crv, x });
  return SigningKey.parse({
    kid,
    kty,
    crv,
    x,
    notBefore: new Date(Date.now() - marginMs).toISOString(),
    notAfter: null,
  });
}
