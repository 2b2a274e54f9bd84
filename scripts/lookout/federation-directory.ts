/** The directory of a federation on this machine, as its authorities signed it. */
import type { Directory } from '#schema/directory.ts';
import { readAuthorities } from '#server/directory/authorities.ts';
import { layoutOf } from '#scripts/start/layout.ts';

import { findPublished } from './directory/published.ts';
import { Problem } from './problem.ts';

export async function getDirectory(state: string): Promise<Directory> {
  const layout = layoutOf(state);
  const published = await findPublished(layout, readAuthorities(layout.authorities));
  if (published === undefined) throw new Problem(`There is no directory in ${state}.`, 'failed');
  return published.directory;
}
