/**
 * Signatures of a simulation: a hash under a key nobody else has, in the form of a JWS and with the contract of the real
 * ones, so that a thousand runs of a thousand steps take minutes. The real ones have tests of their own.
 */
import { createHash } from 'node:crypto';

import type { QuarantineReason } from '#schema/codes.ts';
import type { Directory, Member } from '#schema/directory.ts';
import { jwsTypes } from '#schema/jws.ts';
import type { JwsKind } from '#schema/jws.ts';
import type { Signed, SignerPort, VerifierPort } from '#node/ports.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (text: string): string => Buffer.from(text, 'base64url').toString();
const sealOf = (head: string, body: string, kid: string): string =>
  createHash('sha256').update(`${kid}'s secret ${head}.${body}`).digest('base64url');

/** What `kid` says, sealed. */
export function sealed(kind: JwsKind, kid: string, payload: string): string {
  const head = encoded(JSON.stringify({ alg: 'none-but-us', typ: jwsTypes[kind], kid }));
  const body = encoded(payload);
  return `${head}.${body}.${sealOf(head, body, kid)}`;
}

export const createSealer = (station: string): SignerPort => ({
  sign: (kind, payload) => Promise.resolve(sealed(kind, station, payload)),
});

function check(kind: JwsKind, jws: string, members: ReadonlyMap<string, Member>): Signed | QuarantineReason {
  const [head, body, seal, ...rest] = jws.split('.');
  if (head === undefined || body === undefined || seal === undefined || rest.length > 0) return 'UNREADABLE';
  let header: unknown;
  try {
    header = JSON.parse(decoded(head));
  } catch {
    return 'UNREADABLE';
  }
  if (typeof header !== 'object' || header === null || !('kid' in header) || !('typ' in header)) return 'UNREADABLE';
  if (header.typ !== jwsTypes[kind]) return 'BAD_SIGNATURE';
  const signer = members.get(String(header.kid));
  if (signer === undefined) return 'UNKNOWN_KEY';
  return sealOf(head, body, signer.code) === seal ? { signer, payload: decoded(body) } : 'BAD_SIGNATURE';
}

/** One for all stations of a run: what was found of a JWS is remembered, which spares most of the hashing. */
export function createSealChecker(directory: Directory): VerifierPort {
  const members = new Map<string, Member>(directory.members.map((member) => [member.code, member]));
  const found = new Map<string, Signed | QuarantineReason>();
  return {
    verify(kind, jws) {
      const name = `${kind} ${jws}`;
      let outcome = found.get(name);
      if (outcome === undefined) {
        outcome = check(kind, jws, members);
        found.set(name, outcome);
      }
      return Promise.resolve(outcome);
    },
  };
}
