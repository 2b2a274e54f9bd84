/**
 * What members sign when they ask each other. Three JWTs (RFC 7519) in EdDSA (RFC 8037), each with a `typ` of its own (RFC
 * 8725 section 3.11), a `kid` of the directory, and one audience:
 *
 * - the **request**, by the asking station to the gateway: who asks, what for, about which donors, bound to the question;
 * - the **forward**, by the gateway to one station, around the request as it came. The station verifies both;
 * - the **answer**, by the station to whoever asked, bound to the request and to what it says.
 *
 * The question is the body of a GraphQL request. The asking station composes it, every station that is asked gets the same
 * bytes, and both signatures are over their hash: a gateway that was taken over can delay or drop, and change nothing.
 */
import { z } from 'zod';

import { Asker, MemberCode, Purpose, Right } from './caller.ts';
import { Digest, GatewayCode, RegulatorCode, StationCode } from './ids.ts';
import type { DonorToken } from './ids.ts';

/** The `typ` of each JWT. */
export const exchangeTypes = {
  request: 'lookout-request+jwt',
  forward: 'lookout-forward+jwt',
  answer: 'lookout-answer+jwt',
} as const;
export type ExchangeKind = keyof typeof exchangeTypes;

/** The HTTP header each travels in; the purpose, role and case of whoever is signed in travel beside their token. */
export const exchangeHeaders = {
  request: 'lookout-request',
  forward: 'lookout-forward',
  answer: 'lookout-answer',
} as const;
export const callerHeaders = { purpose: 'lookout-purpose', role: 'lookout-role', case: 'lookout-case' } as const;

/** The longest a request or a forward may hold, in seconds. */
export const longestLifeS = 60;

const lifetime = { jti: z.uuid(), iat: z.int().min(0), exp: z.int().min(0) };

/** A public X25519 key (RFC 8037) for one answer, under which a station seals what the gateway must not read. */
export const SealingKey = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('X25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type SealingKey = z.infer<typeof SealingKey>;

/**
 * What the asking station signs, or a regulator that asks the gateway itself. `sub` is the pseudonym of the person, or the code of
 * the station or the regulator when it asks for itself.
 */
export const RequestClaims = z.strictObject({
  iss: z.union([StationCode, RegulatorCode]),
  aud: GatewayCode,
  sub: Asker.shape.subject,
  role: Asker.shape.role,
  purpose: Purpose,
  case: Asker.shape.case,
  /** `donorsDigest` of the donors the question is about; null when it is about none. */
  donors: Digest.nullable(),
  /** SHA-256 of the bytes of the question; of a regulator those of the whole request. */
  body: Digest,
  /** Where the answer is to be sealed. */
  seal: SealingKey.optional(),
  ...lifetime,
});
export type RequestClaims = z.infer<typeof RequestClaims>;

/** What the gateway signs around it. Without a `request` the gateway asks for itself, and says for whom. */
export const ForwardClaims = z
  .strictObject({
    iss: GatewayCode,
    aud: StationCode,
    body: Digest,
    /** The compact JWT of the asking station. */
    request: z.string().max(4_000).optional(),
    asker: Asker.extend({ purpose: Purpose, rights: z.array(Right).max(10) }).optional(),
    ...lifetime,
  })
  .refine(({ request, asker }) => (request === undefined) !== (asker === undefined), 'either a request or an asker');
export type ForwardClaims = z.infer<typeof ForwardClaims>;

/** What the answering station signs. */
export const AnswerClaims = z.strictObject({
  iss: StationCode,
  aud: MemberCode,
  /** The `jti` of the request, or of the forward where there is no request. */
  request: z.uuid(),
  /** The HTTP status of the answer. */
  status: z.int().min(200).max(599),
  /** SHA-256 of the bytes of the answer. */
  body: Digest,
  iat: z.int().min(0),
});
export type AnswerClaims = z.infer<typeof AnswerClaims>;

/**
 * One station's answer as the gateway hands it on: what it said and its signature, or the code of the fault that came instead. The asker verifies it; the gateway
 * reads none of it.
 */
export const SignedAnswer = z.object({
  station: StationCode,
  status: z.int().nullable(),
  body: z.string().nullable(),
  jwt: z.string().nullable(),
  fault: z.string().nullable(),
});
export type SignedAnswer = z.infer<typeof SignedAnswer>;

/** What is hashed for the donors of a question: their tokens in its order, a line each. One hash, since a batch names a thousand. */
export const donorsText = (tokens: readonly DonorToken[]): string => tokens.join('\n');
