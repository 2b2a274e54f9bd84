/**
 * The key a station signs with: made once, kept in a file only its owner reads. The public part goes into the directory, and
 * what it signed stays tied to it, so it is never made anew in the place of a broken one.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

import { thumbprintOf } from '#schema/directory.ts';
import type { SigningKey } from '#schema/directory.ts';
import { SigningJwk } from '#server/keys/signing-jwk.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { findJson, writeWhole } from './json-file.ts';
import { remedy } from './state-folder.ts';

async function makeKey(file: string): Promise<SigningJwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key = SigningJwk.parse(JSON.stringify(await exportJWK(privateKey)));
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, `${JSON.stringify(key)}\n`, 0o600);
  return key;
}

/** The log's clock may be behind ours by so much. */
const marginMs = 300_000;

/** The private key in a file; undefined when there is no file. */
export async function findSigningKey(file: string): Promise<SigningJwk | undefined> {
  const broken = (cause: unknown) => new Problem(`The signing key ${file} is broken: ${remedy}`, 'failed', { cause });
  const found = await findJson(file, z.unknown(), broken);
  try {
    return found === undefined ? undefined : SigningJwk.parse(JSON.stringify(found));
  } catch (error) {
    throw broken(error);
  }
}

/** The public part of the key in the file, which is made when there is none. In use from now on, as far as it says. */
export async function ensureSigningKey(file: string): Promise<SigningKey> {
  const { kty, crv, x } = (await findSigningKey(file)) ?? (await makeKey(file));
  const notBefore = new Date(Date.now() - marginMs).toISOString();
  return { kid: thumbprintOf({ kty, crv, x }), kty, crv, x, notBefore, notAfter: null };
}
