/** Who has put a signature to a directory, by name. Whether the signatures are good is found when it is published. */
import { z } from 'zod';

import type { AuthorityKey, SignedDirectory } from '#schema/directory.ts';

const Header = z.object({ kid: z.string() });

export function signersOf({ signatures }: SignedDirectory, authorities: readonly AuthorityKey[]): string[] {
  const kids = new Set(
    signatures.map((one) => Header.parse(JSON.parse(Buffer.from(one.protected, 'base64url').toString())).kid),
  );
  return [...kids].map((kid) => authorities.find((key) => key.kid === kid)?.name ?? kid);
}
