/** Signing directories: what an authority does, by hand, on a machine of its own. */
import canonicalize from 'canonicalize';
import { FlattenedSign, importJWK } from 'jose';

import { Directory, directoryType, thumbprintOf } from '#schema/directory.ts';
import type { SignedDirectory } from '#schema/directory.ts';

import type { SigningJwk } from '../keys/signing-jwk.ts';

/** A directory that nobody has signed yet. */
export function unsignedDirectory(directory: Directory): SignedDirectory {
  const text = canonicalize(Directory.parse(directory)) ?? '';
  return { payload: Buffer.from(text).toString('base64url'), signatures: [] };
}

/** The same with one more signature; an older one of the same key gives way. */
export async function signDirectory(signed: SignedDirectory, key: SigningJwk): Promise<SignedDirectory> {
  const kid = thumbprintOf(key);
  const flattened = await new FlattenedSign(Buffer.from(signed.payload, 'base64url'))
    .setProtectedHeader({ alg: 'EdDSA', typ: directoryType, kid })
    .sign(await importJWK({ ...key }, 'EdDSA'));
  const { protected: header = '', signature } = flattened;
  const others = signed.signatures.filter((other) => other.protected !== header);
  return { payload: signed.payload, signatures: [...others, { protected: header, signature }] };
}
