/** Who has put a signature to a directory, by name. Whether the signatures are good is found when it is published. */
import { z } from 'zod';

import type { Authorities, AuthorityKey, SignedDirectory } from '#schema/directory.ts';

const Header = z.object({ kid: z.string() });

const kidsOf = ({ signatures }: SignedDirectory): ReadonlySet<string> =>
  new Set(signatures.map((one) => Header.parse(JSON.parse(Buffer.from(one.protected, 'base64url').toString())).kid));

/** How many of these have still to sign. */
export function missingOf(signed: SignedDirectory, { threshold, keys }: Authorities): number {
  const kids = kidsOf(signed);
  return Math.max(0, threshold - keys.filter(({ kid }) => kids.has(kid)).length);
}

export function signersOf(signed: SignedDirectory, authorities: readonly AuthorityKey[]): string[] {
  return [...kidsOf(signed)].map((kid) => authorities.find((key) => key.kid === kid)?.name ?? kid);
}
