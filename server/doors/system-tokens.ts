/** Access tokens (RFC 9068) that a station gives its own systems: short-lived, signed with the station's key, for itself only. */
import { calculateJwkThumbprint, errors, importJWK, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';

import { Pseudonym, Right } from '#schema/caller.ts';
import type { MemberCode } from '#schema/caller.ts';

import type { Client } from './clients.ts';
import type { SigningJwk } from '../keys/signing-jwk.ts';

/** How long a token holds, in seconds. */
export const systemTokenS = 600;

const algorithm = 'EdDSA';
const rememberTokens = 1_000;

const Claims = z.object({ sub: Pseudonym, exp: z.int(), rights: z.array(Right) });

export interface System {
  readonly subject: Pseudonym;
  readonly rights: readonly Right[];
}

export interface SystemTokens {
  give(client: Client): Promise<string>;
  /** Undefined when it is none of ours, or over. */
  verify(token: string): Promise<System | undefined>;
}

export function createSystemTokens(station: MemberCode, { kty, crv, x, d }: SigningJwk): SystemTokens {
  const prepare = async () => ({
    privateKey: await importJWK({ kty, crv, x, d }, algorithm),
    publicKey: await importJWK({ kty, crv, x }, algorithm),
    kid: await calculateJwkThumbprint({ kty, crv, x }),
  });
  let prepared: ReturnType<typeof prepare> | undefined;
  const keys = () => (prepared ??= prepare());
  const known = new LRUCache<string, System>({ max: rememberTokens });

  return {
    async give({ id, rights }) {
      const { privateKey, kid } = await keys();
      return new SignJWT({ rights, client_id: id })
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid })
        .setIssuer(station)
        .setAudience(station)
        .setSubject(id)
        .setJti(uuidv7())
        .setIssuedAt()
        .setExpirationTime(`${systemTokenS}s`)
        .sign(privateKey);
    },
    async verify(token) {
      const remembered = known.get(token);
      if (remembered !== undefined) return remembered;
      const { publicKey } = await keys();
      const options = { issuer: station, audience: station, algorithms: [algorithm], typ: 'at+jwt' };
      const verified = await jwtVerify(token, publicKey, options).catch((error: unknown) => {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      });
      const claims = Claims.safeParse(verified?.payload).data;
      if (claims === undefined) return undefined;
      const system = { subject: claims.sub, rights: claims.rights };
      const ttl = claims.exp * 1000 - Date.now();
      if (ttl >= 1) known.set(token, system, { ttl });
      return system;
    },
  };
}
