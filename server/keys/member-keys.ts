/** What members sign and how it is checked: compact JWS (RFC 7515) with EdDSA, by jose, with the keys of the directory only. */
import { calculateJwkThumbprint, CompactSign, compactVerify, importJWK } from 'jose';
import { z } from 'zod';

import type { Directory } from '#schema/directory.ts';
import { jwsTypes } from '#schema/jws.ts';
import type { JwsKind } from '#schema/jws.ts';

import { algorithm, createKeyRing } from './key-ring.ts';
import type { Signer } from './key-ring.ts';
import type { SigningJwk } from './signing-jwk.ts';

/** Signs what this member says. */
export interface MemberSigner {
  /** A compact JWS with the `typ` of its kind and the `kid` of the key. The same payload gives the same JWS. */
  sign(kind: JwsKind, payload: string): Promise<string>;
}

/** Signed by whom it says. */
export interface Proved {
  readonly signer: Signer;
  readonly payload: string;
}

/** Why something is not proved: no compact JWS or not UTF-8; a key nobody has at that time; a wrong signature, type or algorithm. */
export type NotProved = 'UNREADABLE' | 'UNKNOWN_KEY' | 'BAD_SIGNATURE';

export interface MemberVerifier {
  /** Never rejects. @param at the moment at which the key has to be valid, in milliseconds; infinite for one without an end. */
  verify(kind: JwsKind, jws: string, at: number): Promise<Proved | NotProved>;
}

/** Ed25519 is deterministic: the same payload gives the same JWS, however often it is sent. */
export function createMemberSigner({ kty, crv, x, d }: SigningJwk): MemberSigner {
  const prepare = () =>
    Promise.all([importJWK({ kty, crv, x, d }, algorithm), calculateJwkThumbprint({ kty, crv, x })]);
  let prepared: ReturnType<typeof prepare> | undefined;
  return {
    async sign(kind, payload) {
      const [key, kid] = await (prepared ??= prepare());
      return new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: algorithm, typ: jwsTypes[kind], kid })
        .sign(key);
    },
  };
}

const compact = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;
const Header = z.object({ alg: z.unknown(), typ: z.unknown(), kid: z.unknown(), crit: z.unknown() }).partial();
type Header = z.infer<typeof Header>;

function parseHeader(text: string): Header | undefined {
  try {
    return Header.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

// The headers of one key are the same text again and again.
function rememberedHeaders(): (text: string) => Header | undefined {
  const known = new Map<string, Header | undefined>();
  return (text) => {
    if (text.length > 500) return parseHeader(text);
    if (!known.has(text)) {
      if (known.size >= 10_000) known.clear();
      known.set(text, parseHeader(text));
    }
    return known.get(text);
  };
}

const isOurs = ({ alg, typ, crit }: Header, kind: JwsKind): boolean =>
  alg === algorithm && typ === jwsTypes[kind] && crit === undefined;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function createMemberVerifier({ directory }: { readonly directory: { current(): Directory } }): MemberVerifier {
  const keys = createKeyRing(directory);
  const headerOf = rememberedHeaders();
  return {
    async verify(kind, jws, at) {
      const [, head = ''] = compact.exec(jws) ?? [];
      const header = headerOf(head);
      if (header === undefined) return 'UNREADABLE';
      if (!isOurs(header, kind)) return 'BAD_SIGNATURE';
      const key = typeof header.kid === 'string' ? keys.find(header.kid) : undefined;
      if (key === undefined || at < key.notBefore || at > key.notAfter) return 'UNKNOWN_KEY';
      let payload: Uint8Array;
      try {
        ({ payload } = await compactVerify(jws, await key.imported(), { algorithms: [algorithm] }));
      } catch {
        return 'BAD_SIGNATURE';
      }
      try {
        return { signer: key.signer, payload: decoder.decode(payload) };
      } catch {
        return 'UNREADABLE';
      }
    },
  };
}
