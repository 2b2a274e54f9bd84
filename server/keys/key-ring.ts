/**
 * The keys of a directory by name. What is signed only selects among them, by a name that is the key's own hash: whatever else
 * it offers (a key, an address of one, another algorithm) is not looked at.
 */
import { importJWK } from 'jose';
import type { CryptoKey } from 'jose';

import { thumbprintOf } from '#schema/directory.ts';
import type { Directory, Gateway, Member, Regulator, SigningKey } from '#schema/directory.ts';

/** The one algorithm (RFC 8037); keys are of no other kind. */
export const algorithm = 'EdDSA';

/** Who has keys: stations have a kind, gateways an address and no kind, regulators neither. */
export type Signer = Member | Gateway | Regulator;

/** A key of a station, a gateway or a regulator. */
export interface KnownKey {
  readonly signer: Signer;
  /** Milliseconds since 1970; what was signed counts from the one to the other. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Imported when it is first needed, and then remembered. */
  readonly imported: () => Promise<CryptoKey>;
}

export interface KeyRing {
  /** The key of this name in the directory of now; none when nobody or more than one claims the name. */
  find(kid: string): KnownKey | undefined;
}

type Keys = ReadonlyMap<string, KnownKey | undefined>;

function importedOnce({ kty, crv, x }: SigningKey): () => Promise<CryptoKey> {
  let key: Promise<CryptoKey> | undefined;
  return () => (key ??= importJWK({ kty, crv, x }, algorithm));
}

/** A name two entries claim is nobody's, and so is one that is not its key's own. What was imported before is kept: a name is its key. */
function keysOf({ members, gateways, regulators }: Directory, before: Keys): Keys {
  const keys = new Map<string, KnownKey | undefined>();
  for (const signer of [...members, ...gateways, ...regulators]) {
    for (const key of signer.keys.filter((candidate) => candidate.kid === thumbprintOf(candidate))) {
      const known: KnownKey = {
        signer,
        notBefore: Date.parse(key.notBefore),
        notAfter: key.notAfter === null ? Infinity : Date.parse(key.notAfter),
        imported: before.get(key.kid)?.imported ?? importedOnce(key),
      };
      keys.set(key.kid, keys.has(key.kid) ? undefined : known);
    }
  }
  return keys;
}

/** Follows the directory: a new version counts at once. */
export function createKeyRing(directory: { current(): Directory }): KeyRing {
  let current: Directory | undefined;
  let keys: Keys = new Map();
  return {
    find(kid) {
      const latest = directory.current();
      if (latest !== current) {
        keys = keysOf(latest, keys);
        current = latest;
      }
      return keys.get(kid);
    },
  };
}
