/**
 * Donor tokens by HMAC-SHA-256 under the key of the federation, until the oblivious tokens take their place. Whoever
 * holds the key can make the token of any document, so the key never leaves the stations.
 */
import { createHmac, createSecretKey } from 'node:crypto';

import type { DonorToken } from '#schema/ids.ts';

import type { TokenPort } from '../ports.ts';

/** Keeps these tokens apart from anything else that may once be made with the same key. */
const domain = 'donor-lookout/donor-token/hmac-sha-256/v1\n';

/** @param key the federation's key, 32 bytes. */
export function createHmacTokens(key: Uint8Array): TokenPort {
  if (key.byteLength !== 32) throw new RangeError('the federation key is 32 bytes');
  const secret = createSecretKey(key);
  return {
    tokensOf: (documents) =>
      Promise.resolve(
        documents.map((document) => {
          const token = createHmac('sha256', secret)
            .update(domain + document, 'utf8')
            .digest('base64url');
          return token as DonorToken;
        }),
      ),
  };
}
