/** Keys as files, each a JWK. */
import { z } from 'zod';

import { SigningKey, thumbprintOf } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';
import { findJson } from '#scripts/start/json-file.ts';
import { findSigningKey } from '#scripts/start/signing-key.ts';
import type { SigningJwk } from '#server/keys/signing-jwk.ts';

const PublicJwk = z.object(SigningKey.pick({ kty: true, crv: true, x: true }).shape);

/** Clocks differ by so much. */
const marginMs = 300_000;

/** The public part of a key, which counts from now on. */
export async function readPublicKey(file: string): Promise<SigningKey> {
  const broken = (cause: unknown) => new Problem(`${file} is no Ed25519 key as a JWK.`, 'usage', { cause });
  const key = await findJson(file, PublicJwk, broken);
  if (key === undefined) throw new Problem(`There is no key in ${file}.`, 'usage');
  const notBefore = new Date(Date.now() - marginMs).toISOString();
  return { kid: thumbprintOf(key), kty: key.kty, crv: key.crv, x: key.x, notBefore, notAfter: null };
}

/** A private key, to sign with. */
export async function readPrivateKey(file: string): Promise<SigningJwk> {
  const key = await findSigningKey(file);
  if (key === undefined) throw new Problem(`There is no key in ${file}.`, 'usage');
  return key;
}
