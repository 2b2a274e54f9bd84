/**
 * What only the asking station may read, though a gateway carries it: a compact JWE (RFC 7516) with ECDH-ES over X25519 (RFC
 * 8037) and A256GCM, under a key that is made for one question and forgotten with it.
 */
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK } from 'jose';

import { SealingKey } from '#schema/exchange.ts';

const algorithm = 'ECDH-ES';
const encryption = 'A256GCM';

/** The longest text that is sealed, in characters of its JWE. */
const longestSealed = 64 * 1024;

/** A key for the answers to one question. */
export interface Seal {
  /** Its public part, which the request carries. */
  readonly key: SealingKey;
  /** The text that was sealed; null when it was not sealed under this key, or was changed. */
  open(sealed: string): Promise<string | null>;
}

export async function createSeal(): Promise<Seal> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { crv: 'X25519', extractable: true });
  const { kty, crv, x } = await exportJWK(publicKey);
  return {
    key: SealingKey.parse({ kty, crv, x }),
    async open(sealed) {
      if (sealed.length > longestSealed) return null;
      try {
        const { plaintext } = await compactDecrypt(sealed, privateKey, {
          keyManagementAlgorithms: [algorithm],
          contentEncryptionAlgorithms: [encryption],
        });
        return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
      } catch {
        return null;
      }
    },
  };
}

/** Seals a text for whoever has the private part of this key. */
export async function seal(key: SealingKey, text: string): Promise<string> {
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: algorithm, enc: encryption })
    .encrypt(await importJWK({ ...key }, algorithm));
}
