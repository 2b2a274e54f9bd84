/** A question under a regulator's own signature: what a member signs for its request (`schema/exchange.ts`), over all of what is sent. */
import { readFile } from 'node:fs/promises';

import { Pseudonym } from '#schema/caller.ts';
import { digestOf } from '#schema/digest.ts';
import { exchangeHeaders } from '#schema/exchange.ts';
import type { RequestClaims } from '#schema/exchange.ts';
import type { GatewayCode, RegulatorCode } from '#schema/ids.ts';
import { Problem } from '#scripts/lookout/problem.ts';
import type { SignedIn } from '#scripts/lookout/sign-in.ts';
import { lifeOf } from '#server/keys/exchange-jwt.ts';
import { createMemberSigner } from '#server/keys/member-keys.ts';
import { SigningJwk } from '#server/keys/signing-jwk.ts';

const lifeS = 30;

export interface Signing {
  readonly regulator: RegulatorCode;
  readonly gateway: GatewayCode;
  /** The file of its private key, a JWK. */
  readonly keyFile: string;
}

/** The header that says who asks. */
export async function signAsRegulator({ regulator, gateway, keyFile }: Signing, body: string): Promise<SignedIn> {
  const text = await readFile(keyFile, 'utf8').catch((cause: unknown) => {
    throw new Problem(`${keyFile} cannot be read: it holds the key of ${regulator}.`, 'usage', { cause });
  });
  const key = SigningJwk.safeParse(text).data;
  if (key === undefined) throw new Problem(`${keyFile} is no private key.`, 'usage');
  const claims: RequestClaims = {
    ...{ iss: regulator, aud: gateway, sub: Pseudonym.parse(regulator), role: 'REGULATOR', purpose: 'STATISTICS' },
    ...{ case: null, donors: null, body: digestOf(body), ...lifeOf(Date.now(), lifeS) },
  };
  return { [exchangeHeaders.request]: await createMemberSigner(key).sign('request', JSON.stringify(claims)) };
}
