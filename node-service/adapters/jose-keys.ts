/**
 * Signatures of the donor log: compact JWS with EdDSA, by jose. Which key checks a record is the directory's to say: the
 * record's header only selects among the directory's keys, by a name that is the key's own hash; whatever else a header
 * offers (a key, an address of one, another algorithm) is not looked at.
 */
import { hash } from 'node:crypto';

import { calculateJwkThumbprint, compactVerify, CompactSign, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { z } from 'zod';

import type { QuarantineReason } from '#schema/codes.ts';
import type { Directory, Member, SigningKey } from '#schema/directory.ts';
import { jwsTypes } from '#schema/jws.ts';
import type { JwsKind } from '#schema/jws.ts';

import type { DirectoryPort, Signed, SignerPort, VerifierPort } from '../ports.ts';

const algorithm = 'EdDSA';

/** A private Ed25519 key (RFC 8037). */
export interface PrivateJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly d: string;
}

async function imported(jwk: PrivateJwk | Pick<SigningKey, 'kty' | 'crv' | 'x'>): Promise<CryptoKey> {
  return importJWK({ ...jwk }, algorithm);
}

/** Ed25519 is deterministic: the same payload gives the same JWS, however often it is sent. */
export function createJoseSigner(jwk: PrivateJwk): SignerPort {
  const { kty, crv, x, d } = jwk;
  let prepared: Promise<readonly [CryptoKey, string]> | undefined;
  const prepare = () => Promise.all([imported({ kty, crv, x, d }), calculateJwkThumbprint({ kty, crv, x })]);
  return {
    async sign(kind, payload) {
      const [key, kid] = await (prepared ??= prepare());
      return new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: algorithm, typ: jwsTypes[kind], kid })
        .sign(key);
    },
  };
}

/** A key of a member, imported when it is first needed. */
interface KnownKey {
  readonly member: Member;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly imported: () => Promise<CryptoKey>;
}

/** RFC 7638: the hash of the key's parts in the order of the alphabet. */
const thumbprintOf = ({ crv, kty, x }: SigningKey): string =>
  hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url');

function knownKey(member: Member, key: SigningKey): KnownKey {
  const { kty, crv, x } = key;
  let promise: Promise<CryptoKey> | undefined;
  return {
    member,
    notBefore: Date.parse(key.notBefore),
    notAfter: key.notAfter === null ? Infinity : Date.parse(key.notAfter),
    imported: () => (promise ??= imported({ kty, crv, x })),
  };
}

/** All keys of a directory by name. A name two entries claim is nobody's, and so is one that is not its key's own. */
function keysOf({ members }: Directory): ReadonlyMap<string, KnownKey | undefined> {
  const keys = new Map<string, KnownKey | undefined>();
  for (const member of members) {
    for (const key of member.keys.filter((candidate) => candidate.kid === thumbprintOf(candidate))) {
      keys.set(key.kid, keys.has(key.kid) ? undefined : knownKey(member, key));
    }
  }
  return keys;
}

const compact = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;
const Header = z.object({ alg: z.unknown(), typ: z.unknown(), kid: z.unknown(), crit: z.unknown() }).partial();
type Header = z.infer<typeof Header>;
const Said = z.object({ origin: z.string() });

/** The JSON of a part of a JWS; undefined when it is none, or not of this shape. */
function find<Shape extends z.ZodType>(part: string, shape: Shape): z.infer<Shape> | undefined {
  try {
    return shape.safeParse(JSON.parse(Buffer.from(part, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

const isOurs = ({ alg, typ, crit }: Header, kind: JwsKind): boolean =>
  alg === algorithm && typ === jwsTypes[kind] && crit === undefined;

// The headers of one key's records are the same text again and again.
function rememberedHeaders(): (text: string) => Header | undefined {
  const known = new Map<string, Header | undefined>();
  return (text) => {
    if (text.length > 500) return find(text, Header);
    if (!known.has(text)) {
      if (known.size >= 10_000) known.clear();
      known.set(text, find(text, Header));
    }
    return known.get(text);
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function check(jws: string, { member, imported: keyOf }: KnownKey): Promise<Signed | QuarantineReason> {
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(jws, await keyOf(), { algorithms: [algorithm] }));
  } catch {
    return 'BAD_SIGNATURE';
  }
  try {
    return { signer: member, payload: decoder.decode(payload) };
  } catch {
    return 'UNREADABLE';
  }
}

/** A key counts for what the log took while it was valid, so that an old record stays good when its key has been replaced. */
export function createJoseVerifier({ directory }: { readonly directory: DirectoryPort }): VerifierPort {
  let current: Directory | undefined;
  let keys: ReadonlyMap<string, KnownKey | undefined> = new Map();
  const headerOf = rememberedHeaders();

  function refresh(): Directory {
    const latest = directory.current();
    if (latest !== current) {
      current = latest;
      keys = keysOf(latest);
    }
    return latest;
  }

  /** Why there is no key: whoever signed says who it is, which is good enough to say what is missing. */
  function unknown({ members }: Directory, payload: string): QuarantineReason {
    const origin = find(payload, Said)?.origin;
    return members.some(({ code }) => code === origin) ? 'UNKNOWN_KEY' : 'UNKNOWN_MEMBER';
  }

  return {
    async verify(kind, jws, appendedAt) {
      const [, head = '', payload = ''] = compact.exec(jws) ?? [];
      const header = headerOf(head);
      if (header === undefined) return 'UNREADABLE';
      if (!isOurs(header, kind)) return 'BAD_SIGNATURE';
      const members = refresh();
      const key = typeof header.kid === 'string' ? keys.get(header.kid) : undefined;
      if (key === undefined) return unknown(members, payload);
      if (appendedAt < key.notBefore || appendedAt > key.notAfter) return 'UNKNOWN_KEY';
      return check(jws, key);
    },
  };
}
