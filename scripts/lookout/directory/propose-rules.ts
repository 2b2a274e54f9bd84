/** `lookout directory set-policy|rotate-authorities`: what all members hold to, and who signs the directory. */
import path from 'node:path';

import { Policy } from '#schema/directory.ts';
import type { AuthorityKey } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb } from '#scripts/lookout/verb.ts';

import { rotateAuthorities, setPolicy } from './changes.ts';
import { readPublicKey } from './key-file.ts';
import { fileOption, propose, proposedExits } from './propose.ts';
import type { ProposalOptions } from './propose.ts';

/** The partitions are fixed for the life of the log. */
const names = Object.keys(Policy.shape).filter((name) => name !== 'logPartitions');

export const setPolicyVerb = createVerb({
  name: 'set-policy',
  zh: '提议更改全联盟遵守的策略。',
  en: 'Propose to change the policy that all members hold to.',
  examples: [
    ['directory set-policy freshMs=30000', 'then sign and publish'],
    ['directory set-policy logEpoch=1', 'the log was made anew'],
  ],
  exits: proposedExits,
})
  .argument('<name=value...>', `what to change: ${names.join(', ')}`)
  .option(...fileOption);

export const rotateAuthoritiesVerb = createVerb({
  name: 'rotate-authorities',
  zh: '提议更换管理机构密钥；须新旧双方各自签足。',
  en: 'Propose other authorities: enough of the old ones and enough of the new ones have to sign.',
  examples: [
    ['directory create --state ./new', 'makes keys, each to be handed to whom it belongs'],
    [
      'directory rotate-authorities --threshold 2 --key new/authority-keys/A1.jwk new/authority-keys/A2.jwk A3.jwk',
      'all that are to be; then sign with old and new keys, and publish',
    ],
  ],
  exits: proposedExits,
})
  .requiredOption('--key <file...>', 'the keys of all of them as JWKs; only the public parts are used')
  .requiredOption('--threshold <number>', 'how many of them have to sign')
  .option(...fileOption);

/** What was typed, as it is written in a policy. Whether it is in range is found with the whole directory. */
function readPolicy(settings: readonly string[]): Partial<Policy> {
  const said = settings.map((setting) => {
    const [name = '', value = '', ...rest] = setting.split('=');
    if (!names.includes(name) || !/^\d+$/.test(value) || rest.length > 0) {
      throw new Problem(`${setting} is no setting: name=number, of ${names.join(', ')}.`, 'usage');
    }
    return [name, Number(value)] as const;
  });
  return Object.fromEntries(said);
}

export async function proposePolicy(settings: readonly string[], options: ProposalOptions): Promise<ExitCode> {
  const policy = readPolicy(settings);
  return propose(options, () => setPolicy(policy));
}

interface Rotation extends ProposalOptions {
  readonly key: readonly string[];
  readonly threshold: string;
}

export async function proposeAuthorities(options: Rotation): Promise<ExitCode> {
  const read = async (file: string): Promise<AuthorityKey> => {
    const { kid, kty, crv, x } = await readPublicKey(file);
    return { kid, kty, crv, x, name: path.basename(file, '.jwk') };
  };
  const keys = await Promise.all(options.key.map(read));
  return propose(options, () => rotateAuthorities({ threshold: Number(options.threshold), keys }));
}
