/**
 * The three JWTs of the exchange (`schema/exchange.ts`), signed and checked. Who signed is the directory's to say, and has to
 * be an active member of the right kind that names itself; what is out of time is nobody's.
 */
import { randomUUID } from 'node:crypto';

import type { z } from 'zod';

import { standingOf } from '#schema/directory.ts';
import type { Directory, Gateway, Member, Regulator } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import { AnswerClaims, ForwardClaims, longestLifeS, RequestClaims } from '#schema/exchange.ts';
import type { ExchangeKind } from '#schema/exchange.ts';

import type { Signer } from './key-ring.ts';
import type { MemberVerifier, Proved } from './member-keys.ts';

/** How far clocks may be apart, in seconds. */
export const leewayS = 5;

/** A JWT that was found good. */
export interface Verified<Signer, Claims> {
  readonly signer: Signer;
  readonly claims: Claims;
}

/** Each answers undefined when it is not good, and throws the fault `DIRECTORY_EXPIRED` when nobody can be believed any more. */
export interface ExchangeVerifier {
  /** Of a station or of a regulator. */
  request(jwt: string): Promise<Verified<Member | Regulator, RequestClaims> | undefined>;
  forward(jwt: string): Promise<Verified<Gateway, ForwardClaims> | undefined>;
  answer(jwt: string): Promise<Verified<Member, AnswerClaims> | undefined>;
}

interface Options {
  readonly directory: { current(): Directory };
  readonly verifier: MemberVerifier;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A new name, and a life of so many seconds from now. */
export function lifeOf(now: number, seconds: number): { jti: string; iat: number; exp: number } {
  const iat = Math.floor(now / 1_000);
  return { jti: randomUUID(), iat, exp: iat + Math.min(seconds, longestLifeS) };
}

/** Within its life, give or take a little, and of no longer life than is allowed. */
function isInTime({ iat, exp }: { readonly iat: number; readonly exp: number }, now: number): boolean {
  const nowS = now / 1_000;
  return exp > iat && exp - iat <= longestLifeS && iat <= nowS + leewayS && exp > nowS - leewayS;
}

function parse<Shape extends z.ZodType>(shape: Shape, { payload }: Proved): z.infer<Shape> | undefined {
  try {
    return shape.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}

const asMember = (signer: Signer): Member | undefined => ('kind' in signer ? signer : undefined);
const asGateway = (signer: Signer): Gateway | undefined => ('rights' in signer ? signer : undefined);
const asAsker = (signer: Signer): Member | Regulator | undefined => ('rights' in signer ? undefined : signer);

export function createExchangeVerifier({ directory, verifier, now }: Options): ExchangeVerifier {
  async function signedBy<By extends Signer, Shape extends z.ZodType<{ readonly iss: string }>>(
    kind: ExchangeKind,
    jwt: string,
    as: (signer: Signer) => By | undefined,
    shape: Shape,
  ): Promise<Verified<By, z.infer<Shape>> | undefined> {
    const at = now();
    if (standingOf(directory.current(), at) === 'HARD_EXPIRED') throw new Fault('DIRECTORY_EXPIRED');
    const proved = await verifier.verify(kind, jwt, at);
    if (typeof proved === 'string') return undefined;
    const signer = as(proved.signer);
    const claims = parse(shape, proved);
    if (signer?.status !== 'ACTIVE' || claims?.iss !== signer.code) return undefined;
    return { signer, claims };
  }

  return {
    async request(jwt) {
      const found = await signedBy('request', jwt, asAsker, RequestClaims);
      return found !== undefined && isInTime(found.claims, now()) ? found : undefined;
    },
    async forward(jwt) {
      const found = await signedBy('forward', jwt, asGateway, ForwardClaims);
      return found !== undefined && isInTime(found.claims, now()) ? found : undefined;
    },
    async answer(jwt) {
      const found = await signedBy('answer', jwt, asMember, AnswerClaims);
      if (found === undefined) return undefined;
      const { iat } = found.claims;
      return isInTime({ iat, exp: iat + longestLifeS }, now()) ? found : undefined;
    },
  };
}
