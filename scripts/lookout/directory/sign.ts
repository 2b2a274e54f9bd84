/** `lookout directory sign`: one authority puts its signature to what is proposed, having seen what that changes. */
import { thumbprintOf } from '#schema/directory.ts';
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb } from '#scripts/lookout/verb.ts';
import { writeJson } from '#scripts/start/json-file.ts';
import { signDirectory } from '#server/directory/sign.ts';

import { differenceOf } from './difference.ts';
import { readPrivateKey } from './key-file.ts';
import { getProposal, openProposal } from './proposal.ts';
import { missingOf, signersOf } from './signers.ts';

export const signVerb = createVerb({
  name: 'sign',
  zh: '以一个管理机构的密钥为提议的目录签名。',
  en: 'Sign the proposed directory as one of the authorities.',
  examples: [
    ['directory sign --key .lookout/authority-keys/A1.jwk', 'shows what would change, and signs it'],
    ['directory sign --file next.json --key A2.jwk --json', 'a proposal that came from elsewhere'],
  ],
  exits: '0 signed, 1 failed, 2 wrong usage or the key of nobody who may sign.',
})
  .requiredOption('--key <file>', 'the private key of the authority, as a JWK')
  .option('--file <file>', 'the proposal (default: directory.next.json in the state folder)');

interface Options {
  readonly state: string;
  readonly json: boolean;
  readonly key: string;
  readonly file?: string;
}

export async function sign(options: Options): Promise<ExitCode> {
  const proposed = await openProposal(options);
  const { directory, signed } = getProposal(proposed);
  const key = await readPrivateKey(options.key);
  const kid = thumbprintOf(key);
  const may = [...proposed.authorities.keys, ...directory.authorities.keys];
  const authority = may.find((one) => one.kid === kid);
  if (authority === undefined) throw new Problem(`The key in ${options.key} is no authority's.`, 'usage');
  const changes = differenceOf(proposed.published, directory);
  if (!options.json) console.log(changes.join('\n'));
  const next = await signDirectory(signed, key);
  await writeJson(proposed.file, next);
  const signers = signersOf(next, may);
  // Where other authorities are proposed, enough of the old ones and enough of the new ones have to sign.
  const missing = Math.max(missingOf(next, proposed.authorities), missingOf(next, directory.authorities));
  if (options.json) {
    console.log(
      JSON.stringify({ version: directory.version, changes, signers, missing, file: proposed.file }, null, 2),
    );
  } else {
    const left = missing === 0 ? 'that is enough: lookout directory publish' : `at least ${missing} more to sign`;
    console.log(`\nSigned by ${signers.join(', ')}; ${left}.`);
  }
  return exitCodes.done;
}
