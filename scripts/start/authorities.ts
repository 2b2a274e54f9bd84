/** The authorities of a federation: a key each, and the file that pins them. On one machine they are three, of whom two sign. */
import { Authorities } from '#schema/directory.ts';
import type { AuthorityKey } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { findJson, writeJson } from './json-file.ts';
import type { Layout } from './layout.ts';
import { ensureSigningKey } from './signing-key.ts';
import { remedy } from './state-folder.ts';

/** The authorities this state folder was begun with; undefined when it has none yet. */
export function findAuthorities({ authorities: file }: Layout): Promise<Authorities | undefined> {
  const broken = (cause: unknown) => new Problem(`The authorities ${file} are broken: ${remedy}`, 'failed', { cause });
  return findJson(file, Authorities, broken);
}

/** Made once. What they signed stays tied to them, so they are never made anew in the place of broken ones. */
export async function ensureAuthorities(layout: Layout): Promise<Authorities> {
  const known = await findAuthorities(layout);
  if (known !== undefined) return known;
  return makeAuthorities(layout, { count: 3, threshold: 2 });
}

export async function makeAuthorities(
  layout: Layout,
  { count, threshold }: { readonly count: number; readonly threshold: number },
): Promise<Authorities> {
  const keyOf = async (name: string): Promise<AuthorityKey> => {
    const { kid, kty, crv, x } = await ensureSigningKey(layout.authorityKeyOf(name));
    return { kid, kty, crv, x, name };
  };
  const names = Array.from({ length: count }, (_, place) => `A${place + 1}`);
  const authorities = { threshold, keys: await Promise.all(names.map(keyOf)) };
  await writeJson(layout.authorities, authorities);
  return authorities;
}
