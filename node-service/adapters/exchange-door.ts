/**
 * The door for questions of other members and of gateways. The gateway's signature brings the question here and now; the
 * asking station's own, around which it is, says who asks, what for and about which donors. Both are over the very bytes of the
 * question, and neither counts twice. An answer leaves signed, and written down together with the names of what it answers.
 */
import { digestOfDonor } from '#schema/audit.ts';
import type { AuditPayload } from '#schema/audit.ts';
import type { Caller } from '#schema/caller.ts';
import { digestOf } from '#schema/digest.ts';
import type { Gateway, Member } from '#schema/directory.ts';
import { exchangeHeaders } from '#schema/exchange.ts';
import type { AnswerClaims, ForwardClaims, RequestClaims } from '#schema/exchange.ts';
import type { Digest } from '#schema/ids.ts';
import { donorsDigest, readQuestion } from '#schema/questions.ts';
import type { ReadQuestion } from '#schema/questions.ts';
import { parseJson } from '#server/http/body.ts';
import type { Door, Knock, Leaving, Visit } from '#server/http/door.ts';
import { leewayS } from '#server/keys/exchange-jwt.ts';
import type { ExchangeVerifier, Verified } from '#server/keys/exchange-jwt.ts';
import type { MemberSigner } from '#server/keys/member-keys.ts';
import { RequestError } from '#server/errors/request-error.ts';

import type { AuditPort, Once } from '../audit-port.ts';
import { callerOf } from './postgres-audit/caller-of.ts';

/** A name is remembered beyond its life by so much, so that a database and a node whose clocks differ agree. */
const marginS = 60;

export interface ExchangeDoorOptions {
  readonly station: Pick<Member, 'code'>;
  readonly verifier: ExchangeVerifier;
  readonly signer: MemberSigner;
  readonly audit: Pick<AuditPort, 'recordOnce'>;
}

/** Who asks, and what has to be kept of it. */
interface Admitted {
  readonly caller: Caller;
  /** What the answer is bound to. */
  readonly jti: string;
  readonly once: readonly Once[];
  readonly field: string;
  readonly donors: readonly Digest[];
  readonly request?: Visit['request'];
}

type Forward = Verified<Gateway, ForwardClaims>;

const refuse = (): never => {
  throw new RequestError('UNAUTHENTICATED');
};

const onceOf = ({ jti, exp }: { readonly jti: string; readonly exp: number }): Once => ({
  id: jti,
  until: new Date((exp + leewayS + marginS) * 1_000),
});

/** A question of the gateway's own, for somebody signed in there. Counts are gathered by the one gateway that has the right to. */
function admitGateway({ signer, claims }: Forward, body: Buffer): Admitted {
  const { iss, jti, exp, asker } = claims;
  if (asker === undefined) return refuse();
  if (asker.purpose === 'STATISTICS' && !signer.rights.includes('AGGREGATES')) {
    throw new RequestError('FORBIDDEN', { detail: 'This gateway has not the right AGGREGATES.' });
  }
  const caller: Caller = { from: 'GATEWAY', member: iss, ...asker };
  const field = readQuestion(parseJson(body))?.field ?? 'Query._stations';
  return { caller, jti, once: [onceOf({ jti, exp })], field, donors: [] };
}

/** The question that was signed: one of ours, about the donors the signature names. */
function questionOf(body: Buffer, { donors }: RequestClaims): ReadQuestion {
  const question = readQuestion(parseJson(body));
  if (question === undefined || donorsDigest(question.donors) !== donors) return refuse();
  return question;
}

export function createExchangeDoor({ station, verifier, signer, audit }: ExchangeDoorOptions): Door {
  async function forwardOf({ method, path, headers, body }: Knock): Promise<Forward> {
    const jwt = headers[exchangeHeaders.forward];
    const forward = typeof jwt === 'string' ? await verifier.forward(jwt) : undefined;
    if (forward?.claims.aud !== station.code || forward.claims.body !== digestOf(body)) return refuse();
    if (method !== 'POST' || path !== '/graphql') return refuse();
    return forward;
  }

  async function admitMember(jwt: string, forward: ForwardClaims, body: Buffer): Promise<Admitted> {
    const verified = await verifier.request(jwt);
    // A regulator asks the gateway, and nobody through it.
    if (verified === undefined || !('kind' in verified.signer)) return refuse();
    const { claims } = verified;
    if (claims.aud !== forward.iss || claims.body !== forward.body || claims.iss === station.code) return refuse();
    const { field, donors } = questionOf(body, claims);
    const { iss: member, role, sub: subject, purpose, jti } = claims;
    // The documents of members are held to a list of their own, above.
    const rights = ['OPEN_DOCUMENTS'] as const;
    return {
      caller: { from: 'MEMBER', member, role, subject, purpose, case: claims.case, rights },
      jti,
      once: [onceOf(claims), onceOf(forward)],
      field,
      donors: (donors ?? []).map(digestOfDonor),
      request: { jwt, claims },
    };
  }

  async function seal(admitted: Admitted, { status, body }: Leaving): Promise<readonly string[]> {
    const { caller, jti, once, field, donors, request } = admitted;
    const [now, answer] = [Date.now(), digestOf(body)];
    const claims: AnswerClaims = {
      ...{ iss: station.code, aud: caller.member, request: jti, status, body: answer },
      iat: Math.floor(now / 1_000),
    };
    const entry: AuditPayload = {
      kind: 'ANSWERED',
      at: new Date(now).toISOString(),
      caller: callerOf(caller),
      ...{ field, donors: [...donors], outcome: [], answer },
      request: request === undefined ? null : digestOf(request.jwt),
      signed: request?.jwt ?? null,
    };
    const [jwt, reference] = await Promise.all([
      signer.sign('answer', JSON.stringify(claims)),
      audit.recordOnce(entry, once),
    ]);
    return reference === 'SEEN_BEFORE' ? refuse() : [exchangeHeaders.answer, jwt];
  }

  return {
    async admit(knock) {
      const forward = await forwardOf(knock);
      const admitted =
        forward.claims.request === undefined
          ? admitGateway(forward, knock.body)
          : await admitMember(forward.claims.request, forward.claims, knock.body);
      const { caller, request } = admitted;
      return { caller, ...(request !== undefined && { request }), seal: (leaving) => seal(admitted, leaving) };
    },
  };
}
