/** Signing keys for tests: each station has its own, the same in every run. Never use them for anything else. */
import { createHash, createPrivateKey } from 'node:crypto';

import { z } from 'zod';

import type { SigningKey } from '#schema/directory.ts';

/** The DER of an Ed25519 private key (RFC 8410) up to its 32 bytes. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const PrivateKey = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() });

/** The private key of a station, as a JWK. */
export function testSigningKey(code: string): z.infer<typeof PrivateKey> {
  const seed = createHash('sha256').update(`a test key of ${code}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
  return PrivateKey.parse(key.export({ format: 'jwk' }));
}

/** Its public part, as the directory has it. */
export function testPublicKey(code: string): SigningKey {
  const { kty, crv, x } = testSigningKey(code);
  // RFC 7638: the hash of the key's parts in alphabetical order.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  return { kid, kty, crv, x, notBefore: '2026-01-01T00:00:00.000Z', notAfter: null };
}
