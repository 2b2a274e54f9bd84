/** The one hash of the federation. */
import { hash } from 'node:crypto';

import type { Digest } from './ids.ts';

/** SHA-256 (FIPS 180-4) of bytes, or of text in UTF-8, in base64url. */
export const digestOf = (said: string | Uint8Array): Digest => hash('sha256', said, 'base64url') as Digest;
