/**
 * The keys of an organisation's OpenID provider (OpenID Connect Discovery 1.0, RFC 7517). They are fetched when first needed and
 * again now and then, and when a token names one that is not known. While the provider cannot be reached, the keys that are
 * known go on, and a key that is not known proves nobody.
 */
import { createRemoteJWKSet, errors } from 'jose';
import type { FlattenedJWSInput, JWSHeaderParameters, RemoteJWKSet } from 'jose';
import { z } from 'zod';

import { Fault } from '#schema/errors.ts';

export interface IssuerOptions {
  readonly issuer: string;
  /** Found by discovery when left out. */
  readonly jwksUrl?: string | undefined;
}

export type FindKey = (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => ReturnType<RemoteJWKSet>;

const timeoutMs = 2_000;
/** A key that is not known is looked for again at most so often. */
const cooldownMs = 10_000;
const refreshMs = 300_000;

async function discover(issuer: string): Promise<string> {
  const Configuration = z.object({ issuer: z.literal(issuer), jwks_uri: z.url({ protocol: /^https?$/ }) });
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  return Configuration.parse(await answer.json()).jwks_uri;
}

/** Rejects with an error of jose when no key fits, and with `ISSUER_UNREACHABLE` when no key is known at all. */
export function createIssuerKeys({ issuer, jwksUrl }: IssuerOptions): FindKey {
  let found: Promise<RemoteJWKSet> | undefined;
  let refreshedAt = 0;

  const open = async () => {
    const url = jwksUrl ?? (await discover(issuer));
    const options = { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs, cacheMaxAge: Infinity };
    return createRemoteJWKSet(new URL(url), options);
  };
  const keySet = () => {
    found ??= open().catch((cause: unknown) => {
      found = undefined;
      throw new Fault('ISSUER_UNREACHABLE', { cause });
    });
    return found;
  };
  /** Beside the requests: none of them waits for it. */
  const refreshIfOld = (keys: RemoteJWKSet) => {
    const now = performance.now();
    if (keys.jwks() === undefined || now - refreshedAt < refreshMs) return;
    refreshedAt = now;
    keys.reload().catch(() => undefined);
  };

  return async (header, token) => {
    const keys = await keySet();
    refreshIfOld(keys);
    try {
      return await keys(header, token);
    } catch (error) {
      if (keys.jwks() === undefined) throw new Fault('ISSUER_UNREACHABLE', { cause: error });
      throw error instanceof errors.JOSEError ? error : new errors.JWKSNoMatchingKey();
    }
  };
}
