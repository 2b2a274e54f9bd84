/**
 * Whether a directory is what the federation's authorities signed: enough of them, each once, over the one text there is of
 * what it says. The keys are those that are trusted already; what a signature says of itself only selects among them.
 */
import { hash } from 'node:crypto';

import canonicalize from 'canonicalize';
import { flattenedVerify, importJWK } from 'jose';
import { z } from 'zod';

import { Directory, SignedDirectory, directoryType } from '#schema/directory.ts';
import type { Authorities, AuthorityKey } from '#schema/directory.ts';
import { Digest } from '#schema/ids.ts';

/** The longest text of a signed directory, in bytes. Five thousand members need about seven million. */
export const longestDirectory = 9_000_000;

/** A directory whose signatures were good. */
export interface ProvedDirectory {
  readonly directory: Directory;
  /** SHA-256 of its canonical JSON: two directories with the same digest say the same, whoever signed them. */
  readonly digest: Digest;
  /** The JSON of the `SignedDirectory`, as it travels and lies on disk. */
  readonly text: string;
}

/** Why a text is not taken for a directory, in a sentence without any of what it holds. */
export interface Unproved {
  readonly problem: string;
  /** Whether it is one, only not signed by enough of those who are trusted here. */
  readonly isUnsigned: boolean;
}

const Header = z.strictObject({ alg: z.literal('EdDSA'), typ: z.literal(directoryType), kid: z.string() });

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a text in JSON says, if it is of this shape. */
function read<Shape extends z.ZodType>(text: string, shape: Shape): z.ZodSafeParseResult<z.infer<Shape>> | undefined {
  try {
    return shape.safeParse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The digest of a payload, as it is in a JWS. */
export const digestOf = (payload: string): Digest =>
  Digest.parse(hash('sha256', Buffer.from(payload, 'base64url'), 'base64url'));

const Versioned = z.object({ version: z.int() });

/** The version a text claims, signed or not; undefined when it claims none. */
export function versionOf(text: string): number | undefined {
  const signed = read(text, SignedDirectory);
  if (signed?.success !== true) return undefined;
  return read(Buffer.from(signed.data.payload, 'base64url').toString(), Versioned)?.data?.version;
}

/** The keys that signed; undefined when one of them is said to have signed and has not. */
async function signersOf(
  { payload, signatures }: SignedDirectory,
  keys: readonly AuthorityKey[],
): Promise<ReadonlySet<string> | undefined> {
  const signers = new Set<string>();
  for (const signature of signatures) {
    const header = read(Buffer.from(signature.protected, 'base64url').toString(), Header);
    const key = header?.success === true ? keys.find(({ kid }) => kid === header.data.kid) : undefined;
    if (key === undefined || signers.has(key.kid)) continue;
    const { kty, crv, x } = key;
    try {
      const options = { algorithms: ['EdDSA'] };
      await flattenedVerify({ payload, ...signature }, await importJWK({ kty, crv, x }, 'EdDSA'), options);
    } catch {
      return undefined;
    }
    signers.add(key.kid);
  }
  return signers;
}

const isEnough = (signers: ReadonlySet<string>, { threshold, keys }: Authorities): boolean =>
  keys.filter(({ kid }) => signers.has(kid)).length >= threshold;

/** The directory a payload says; a sentence when it is none. There is one text of each directory, the canonical JSON. */
function directoryIn(payload: string): Directory | string {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(Buffer.from(payload, 'base64url'));
    value = JSON.parse(text);
  } catch {
    return 'what was signed is not JSON';
  }
  if (canonicalize(value) !== text) return 'what was signed is not canonical JSON';
  const directory = Directory.safeParse(value);
  return directory.success ? directory.data : z.prettifyError(directory.error);
}

/**
 * Proves a directory by the authorities that are trusted now. One that names other authorities needs enough of those as
 * well, so that nobody is locked out by a key that no one holds.
 */
export async function proveDirectory(text: string, trusted: Authorities): Promise<ProvedDirectory | Unproved> {
  const broken = (problem: string): Unproved => ({ problem, isUnsigned: false });
  if (Buffer.byteLength(text) > longestDirectory) return broken('it is too long');
  const signed = read(text, SignedDirectory);
  if (signed?.success !== true) return broken('it is no signed directory');
  const { payload } = signed.data;
  const unsigned = (whose: string): Unproved => ({ problem: `too few of ${whose} signed it`, isUnsigned: true });

  const old = await signersOf(signed.data, trusted.keys);
  if (old === undefined) return broken('a signature is not good');
  if (!isEnough(old, trusted)) return unsigned('the authorities that are trusted here');
  const directory = directoryIn(payload);
  if (typeof directory === 'string') return broken(directory);
  const next = await signersOf(signed.data, directory.authorities.keys);
  if (next === undefined) return broken('a signature is not good');
  if (!isEnough(next, directory.authorities)) return unsigned('the authorities it names');
  return { directory, digest: digestOf(payload), text: JSON.stringify(signed.data) };
}
