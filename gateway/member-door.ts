/**
 * The door for stations that have a question put to the others, and for regulators that ask for figures: let in by the JWT of
 * their request, once.
 */
import type { Caller } from '#schema/caller.ts';
import { digestOf } from '#schema/digest.ts';
import type { Member, Regulator } from '#schema/directory.ts';
import type { GatewayCode } from '#schema/ids.ts';
import { exchangeHeaders } from '#schema/exchange.ts';
import type { RequestClaims } from '#schema/exchange.ts';
import type { Door, Knock } from '#server/http/door.ts';
import { leewayS } from '#server/keys/exchange-jwt.ts';
import type { ExchangeVerifier, Verified } from '#server/keys/exchange-jwt.ts';
import { RequestError } from '#server/errors/request-error.ts';

/** More at a time than a busy federation asks in a minute. */
const MOST = 1_000_000;

/** Names that were used, until they expire. Stations remember them as well, beyond a restart; here they spare them a replay. */
function createUsed() {
  const used = new Map<string, number>();
  /** The oldest stand first, and none lives longer than another by much. */
  const sweep = (now: number): void => {
    for (const [name, until] of used) {
      if (until > now) return;
      used.delete(name);
    }
  };
  return {
    /** Whether this is the first time; never when there are too many to remember. */
    isFirst(name: string, until: number, now: number): boolean {
      sweep(now);
      if (used.has(name) || used.size >= MOST) return false;
      used.set(name, until);
      return true;
    },
  };
}

interface Options {
  readonly gateway: GatewayCode;
  readonly verifier: ExchangeVerifier;
}

/** A station signs the question it has put to the others, which is held to that later; a regulator the whole of what it sends. */
function sideOf({ signer, claims }: Verified<Member | Regulator, RequestClaims>, { body }: Knock): Caller['from'] {
  if ('kind' in signer) return 'MEMBER';
  if (claims.body !== digestOf(body)) throw new RequestError('UNAUTHENTICATED');
  return 'REGULATOR';
}

export function createMemberDoor({ gateway, verifier }: Options): Door {
  const used = createUsed();
  return {
    async admit(knock) {
      const { headers } = knock;
      const jwt = headers[exchangeHeaders.request];
      const verified = typeof jwt === 'string' ? await verifier.request(jwt) : undefined;
      if (typeof jwt !== 'string' || verified?.claims.aud !== gateway) throw new RequestError('UNAUTHENTICATED');
      const { claims } = verified;
      const from = sideOf(verified, knock);
      const until = (claims.exp + leewayS) * 1_000;
      if (!used.isFirst(claims.jti, until, Date.now())) throw new RequestError('UNAUTHENTICATED');
      const { iss, sub, role, purpose } = claims;
      return {
        caller: { from, member: iss, role, subject: sub, purpose, case: claims.case, rights: [] },
        request: { jwt, claims },
      };
    },
  };
}
