/** `lookout directory create`: the keys of the authorities, and a first directory without members, to be signed by enough of them. */
import path from 'node:path';

import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb } from '#scripts/lookout/verb.ts';
import { findAuthorities, makeAuthorities } from '#scripts/start/authorities.ts';
import { layoutOf } from '#scripts/start/layout.ts';

import { differenceOf } from './difference.ts';
import { newDirectory } from './new-directory.ts';
import { writeProposal } from './proposal.ts';

export const createDirectoryVerb = createVerb({
  name: 'create',
  zh: '生成管理机构密钥与首个目录（待签名）。',
  en: 'Make the keys of the authorities, and propose a first directory.',
  examples: [
    ['directory create --state ./federation', 'three authorities, of whom two have to sign'],
    ['directory create --state ./federation --authorities 5 --threshold 3', 'five, of whom three'],
  ],
  exits: '0 proposed, 1 failed, 2 wrong usage or there are authorities already.',
})
  .option('--authorities <number>', 'how many', '3')
  .option('--threshold <number>', 'how many of them have to sign', '2');

interface Options {
  readonly state: string;
  readonly json: boolean;
  readonly authorities: string;
  readonly threshold: string;
}

export async function createFirst({ state, json, ...asked }: Options): Promise<ExitCode> {
  const layout = layoutOf(state);
  const [count, threshold] = [Number(asked.authorities), Number(asked.threshold)];
  if (!Number.isInteger(count) || !Number.isInteger(threshold) || threshold < 1 || threshold > count || count > 20) {
    throw new Problem('Between 1 and 20 authorities, and no more signatures than authorities.', 'usage');
  }
  if ((await findAuthorities(layout)) !== undefined) {
    throw new Problem(`${layout.authorities} is there already: its keys are never made anew.`, 'usage');
  }
  const authorities = await makeAuthorities(layout, { count, threshold });
  const first = newDirectory({ authorities });
  await writeProposal(layout.proposal, first);
  const changes = differenceOf(undefined, first);
  const keys = authorities.keys.map(({ name }) => path.relative(process.cwd(), layout.authorityKeyOf(name)));
  if (json) console.log(JSON.stringify({ version: 1, changes, keys, file: layout.proposal }, null, 2));
  else {
    console.log(changes.join('\n'));
    console.log(`\nEach key belongs to somebody else, on a machine of their own: ${keys.join(', ')}.`);
    console.log(`Every service pins ${layout.authorities} (LOOKOUT_AUTHORITIES).`);
  }
  return exitCodes.done;
}
