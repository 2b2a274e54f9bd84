/**
 * An entry of a record as evidence: with what others have signed in it, which proves with the directory alone that they asked or
 * answered. The one who shows it can leave it out, and add nothing to it.
 */
import { z } from 'zod';

import type { WholeEntry } from '#node/adapters/postgres-audit/reading.ts';
import { commitmentOf, genesisOf, linkAfter } from '#node/domain/audit-chain.ts';
import { AuditPayload } from '#schema/audit.ts';
import type { Directory } from '#schema/directory.ts';
import { digestOf } from '#schema/digest.ts';
import { AnswerClaims, RequestClaims } from '#schema/exchange.ts';
import { Digest, StationCode } from '#schema/ids.ts';
import { createMemberVerifier } from '#server/keys/member-keys.ts';

const bytes = z.base64url();

/** An entry with all that its hash is made of; `before` is the hash of the one before it. Bytes are base64url. */
export const Evidence = z.object({
  station: StationCode,
  seq: z.int().min(1),
  payload: z.string(),
  salt: bytes,
  commitment: Digest,
  before: Digest,
  hash: Digest,
});
export type Evidence = z.infer<typeof Evidence>;

const textOf = (given: Uint8Array): string => Buffer.from(given).toString('base64url');

/** An entry of a station's record as evidence; null when it was erased. */
export function evidenceOf(station: StationCode, entry: WholeEntry): Evidence | null {
  const { seq, payload, salt, commitment, hash, before } = entry;
  if (payload === null || salt === null) return null;
  const last = textOf(before ?? genesisOf(station).hash);
  const texts = { salt: textOf(salt), commitment: textOf(commitment), before: last, hash: textOf(hash) };
  return Evidence.parse({ station, seq, payload, ...texts });
}

/** What somebody has signed. */
export interface SignedWord {
  readonly by: string;
  /** When, by their clock. */
  readonly at: string;
  readonly says: RequestClaims | AnswerClaims;
}

export interface Proved {
  readonly entry: AuditPayload;
  readonly words: readonly SignedWord[];
}

/** Why an entry proves nothing. */
export class NotEvidence extends Error {
  override readonly name = 'NotEvidence';
}

const unless = (isSo: boolean, why: string): void => {
  if (!isSo) throw new NotEvidence(why);
};

const from = (text: string): Buffer => Buffer.from(text, 'base64url');

/** What a JSON text says, in a shape. */
function read<Shape extends z.ZodType>(text: string, shape: Shape, why: string): z.infer<Shape> {
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw new NotEvidence(why);
  }
}

/** The payload, which has to be what the hash of the entry was made of. */
function payloadOf({ seq, payload, salt, commitment, before, hash }: Evidence): AuditPayload {
  unless(commitmentOf(from(salt), payload).equals(from(commitment)), 'the payload is not what was written down');
  const link = linkAfter({ seq: seq - 1, hash: from(before) }, from(commitment));
  unless(link.hash.equals(from(hash)), 'the hash is not that of the entry');
  return read(payload, AuditPayload, 'the payload is none of a record');
}

type ReadSigned = <Shape extends z.ZodType<{ iss: string; iat: number }>>(
  kind: 'request' | 'answer',
  jwt: string,
  shape: Shape,
) => Promise<z.infer<Shape>>;

/** Reads a JWT whose key was valid when it says it was signed, by whom it says. A member that has left has still said it. */
function createReader(directory: Directory): ReadSigned {
  const verifier = createMemberVerifier({ directory: { current: () => directory } });
  return async (kind, jwt, shape) => {
    const [, payload = ''] = jwt.split('.');
    const claims = read(from(payload).toString(), shape, `a ${kind} in it is none`);
    const proved = await verifier.verify(kind, jwt, claims.iat * 1_000);
    if (typeof proved === 'string') throw new NotEvidence(`a signature in it is not good: ${proved}`);
    unless(proved.signer.code === claims.iss, 'somebody else has signed than it says');
    return claims;
  };
}

const word = (says: RequestClaims | AnswerClaims): SignedWord => ({
  by: says.iss,
  at: new Date(says.iat * 1_000).toISOString(),
  says,
});

type Exchanged = Extract<AuditPayload, { kind: 'ASKED' | 'ANSWERED' }>;

/** The request an entry is about, which has to be the one it names, in the words of the entry. */
async function requestOf(
  { signed, request, caller, donors }: Exchanged,
  readSigned: ReadSigned,
): Promise<RequestClaims> {
  if (signed === null) throw new NotEvidence('it holds nothing that somebody has signed');
  unless(digestOf(signed) === request, 'the request is another than the one it names');
  const claims = await readSigned('request', signed, RequestClaims);
  const isTheirs =
    claims.iss === caller.member &&
    [claims.role, claims.sub, claims.purpose, claims.case].join('\n') ===
      [caller.role, caller.subject, caller.purpose, caller.case].join('\n');
  unless(isTheirs, 'the request is of somebody else, or for something else');
  // Of several donors the signature is over the tokens together, which the record does not hold.
  unless(donors.length !== 1 || claims.donors === donors[0], 'the request is about another donor');
  return claims;
}

async function answersTo(request: RequestClaims, entry: Exchanged, readSigned: ReadSigned): Promise<AnswerClaims[]> {
  const words: AnswerClaims[] = [];
  for (const { station, answer, signed } of entry.kind === 'ASKED' ? entry.answers : []) {
    if (signed === null) continue;
    const claims = await readSigned('answer', signed, AnswerClaims);
    const isTheirs = claims.iss === station && claims.aud === request.iss && claims.request === request.jti;
    unless(isTheirs, `the answer of ${station} is none to this request`);
    unless(claims.body === answer, `${station} has answered something else`);
    words.push(claims);
  }
  return words;
}

/** Proves what an entry shows of others, with the directory alone. Throws `NotEvidence`. */
export async function proveEvidence(evidence: Evidence, directory: Directory): Promise<Proved> {
  const entry = payloadOf(evidence);
  if (entry.kind !== 'ASKED' && entry.kind !== 'ANSWERED')
    throw new NotEvidence('it is about nothing between two members');
  const readSigned = createReader(directory);
  const request = await requestOf(entry, readSigned);
  return { entry, words: [request, ...(await answersTo(request, entry, readSigned))].map(word) };
}
