/** Whether an answer is what a station said, all of it, to this question of ours. */
import type { MemberCode } from '#schema/caller.ts';
import { digestOf } from '#schema/digest.ts';
import type { Digest, StationCode } from '#schema/ids.ts';

import type { ExchangeVerifier } from './exchange-jwt.ts';

/** An answer as it came. */
export interface Said {
  readonly station: StationCode;
  readonly status: number;
  readonly body: string;
  readonly jwt: string;
}

/** The hash of an answer that is proved; undefined when it is not. */
export async function provedAnswer(
  verifier: Pick<ExchangeVerifier, 'answer'>,
  { station, status, body, jwt }: Said,
  asked: { readonly by: MemberCode; readonly jti: string },
): Promise<Digest | undefined> {
  const claims = (await verifier.answer(jwt))?.claims;
  if (claims?.iss !== station || claims.aud !== asked.by || claims.request !== asked.jti) return undefined;
  const digest = digestOf(body);
  return claims.status === status && claims.body === digest ? digest : undefined;
}
