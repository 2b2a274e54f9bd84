/** What a system signs to sign in: a JWT as an authorization grant (RFC 7523 section 2.1), with its own registered key, once. */
import { decodeJwt, decodeProtectedHeader, errors, importJWK, jwtVerify } from 'jose';
import { z } from 'zod';

import type { MemberCode } from '#schema/caller.ts';

import type { Client, ClientKey } from './clients.ts';

/** The longest an assertion may hold, in seconds. */
export const longestAssertionS = 300;
const toleranceS = 5;

const Claims = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.int(),
  jti: z.string().min(1).max(100),
});

export interface Assertion {
  readonly client: Client;
  readonly jti: string;
  /** Until when it could be used, in milliseconds since 1970. */
  readonly until: number;
}

const algorithmOf = ({ kty }: ClientKey) => (kty === 'OKP' ? 'EdDSA' : 'ES256');

/** Answers what was asserted; undefined when it proves nothing. Keys and algorithms are those of the registration only. */
export async function verifyAssertion(
  assertion: string,
  { clients, audience }: { readonly clients: ReadonlyMap<string, Client>; readonly audience: MemberCode },
): Promise<Assertion | undefined> {
  try {
    const client = clients.get(decodeJwt(assertion).iss ?? '');
    const { kid } = decodeProtectedHeader(assertion);
    const key = client?.keys.find((one) => one.kid === kid);
    if (client === undefined || key === undefined) return undefined;
    const { payload } = await jwtVerify(assertion, await importJWK(key, algorithmOf(key)), {
      algorithms: [algorithmOf(key)],
      issuer: client.id,
      subject: client.id,
      audience,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: toleranceS,
    });
    const claims = Claims.safeParse(payload).data;
    if (claims === undefined || claims.exp * 1000 > Date.now() + (longestAssertionS + toleranceS) * 1000)
      return undefined;
    return { client, jti: claims.jti, until: (claims.exp + toleranceS) * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}
