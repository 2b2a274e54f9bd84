/** `lookout directory admit|suspend|reinstate|rotate-key|renew`: each says what it would change, then proposes it. */
import { Directory, Member, Regulator } from '#schema/directory.ts';
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb } from '#scripts/lookout/verb.ts';
import { z } from 'zod';

import { admit, nextVersion, reinstate, renew, rotateKey, suspend } from './changes.ts';
import type { Change } from './changes.ts';
import { differenceOf } from './difference.ts';
import { readPublicKey } from './key-file.ts';
import { usualTerms } from './new-directory.ts';
import { admitRegulator, isRegulator, rotateRegulatorKey, setRegulatorStatus } from './regulators.ts';
import { openProposal, writeProposal } from './proposal.ts';

export const fileOption = ['--file <file>', 'the proposal (default: directory.next.json in the state folder)'] as const;
export const proposedExits = '0 proposed, 1 failed, 2 wrong usage or nothing to change.';
const exits = proposedExits;

export interface ProposalOptions {
  readonly state: string;
  readonly json: boolean;
  readonly file?: string;
}

/** A decision on top of what is proposed already, as long as nobody has signed that. */
export async function propose(
  options: ProposalOptions,
  changeFor: (published: Directory) => Change,
): Promise<ExitCode> {
  const { published, proposal, file } = await openProposal(options);
  if (published === undefined) throw new Problem('There is no directory yet: publish a first one.', 'usage');
  if (proposal !== undefined && proposal.signed.signatures.length > 0) {
    throw new Problem(`${file} is signed already: publish it, or remove it.`, 'usage');
  }
  const isStale = proposal === undefined || proposal.directory.version !== published.version + 1;
  const now = Date.now();
  const next = nextVersion(published, isStale ? published : proposal.directory, changeFor(published), now);
  const checked = Directory.safeParse(next);
  if (!checked.success) throw new Problem(`This makes no directory: ${z.prettifyError(checked.error)}`, 'usage');
  const changes = differenceOf(published, next);
  if (options.json) console.log(JSON.stringify({ version: next.version, changes, file }, null, 2));
  else console.log(changes.join('\n'));
  await writeProposal(file, next);
  if (!options.json) console.log(`\nProposed in ${file}: have it signed with lookout directory sign --key <file>.`);
  return exitCodes.done;
}

export const suspendVerb = createVerb({
  name: 'suspend',
  zh: '提议暂停一个成员站。',
  en: 'Propose to suspend a member: what it says from now on counts for nobody.',
  examples: [['directory suspend 330198B01', 'then sign and publish']],
  exits,
})
  .argument('<code>', 'the member')
  .option(...fileOption);

export const reinstateVerb = createVerb({
  name: 'reinstate',
  zh: '提议恢复一个被暂停的成员站。',
  en: 'Propose to end the suspension of a member.',
  examples: [['directory reinstate 330198B01', 'then sign and publish']],
  exits,
})
  .argument('<code>', 'the member')
  .option(...fileOption);

export const renewVerb = createVerb({
  name: 'renew',
  zh: '提议延长目录的有效期。',
  en: 'Propose the same directory for another month.',
  examples: [
    ['directory renew', 'then sign and publish'],
    ['directory renew --soft-days 7 --hard-days 14', 'for a shorter time'],
  ],
  exits,
})
  .option('--soft-days <days>', 'until nobody is admitted and no bar lifted any more', String(usualTerms.softDays))
  .option('--hard-days <days>', 'until nobody is believed any more', String(usualTerms.hardDays))
  .option(...fileOption);

export const rotateKeyVerb = createVerb({
  name: 'rotate-key',
  zh: '提议更换一个成员站的签名密钥。',
  en: 'Propose a new signing key for a member; the old one is good for a while longer.',
  examples: [['directory rotate-key 330198B01 --key new.jwk', 'the old key ends after a day']],
  exits,
})
  .argument('<code>', 'the member')
  .requiredOption('--key <file>', 'the new key as a JWK; only its public part is used')
  .option('--grace <hours>', 'how long the old key stays good', '24')
  .option(...fileOption);

export const admitVerb = createVerb({
  name: 'admit',
  zh: '提议接纳一个新成员站或监管机构。',
  en: 'Propose to admit a member, or a regulator.',
  examples: [
    [
      'directory admit --code 350298B01 --kind BLOOD --province 35 --name-zh 厦门 --name-en Xiamen --endpoint https://node.example --key xiamen.jwk',
      'then sign and publish',
    ],
    [
      'directory admit --code R35 --name-zh 福建卫健委 --name-en Fujian --key r35.jwk',
      'a regulator, which asks for figures',
    ],
  ],
  exits,
})
  .requiredOption('--code <code>', 'six digits, B or P, two digits; of a regulator R, two digits')
  .option('--kind <kind>', 'BLOOD or PLASMA')
  .option('--province <digits>', 'the first two digits of GB/T 2260')
  .requiredOption('--name-zh <name>', 'its name in Chinese')
  .requiredOption('--name-en <name>', 'its name in English')
  .option('--endpoint <url>', 'the base URL of its node service')
  .requiredOption('--key <file>', 'its key as a JWK; only the public part is used')
  .option(...fileOption);

export const proposeSuspension = (code: string, options: ProposalOptions) =>
  propose(options, () => (isRegulator(code) ? setRegulatorStatus(code, 'SUSPENDED') : suspend(code)));
export const proposeReinstatement = (code: string, options: ProposalOptions) =>
  propose(options, () => (isRegulator(code) ? setRegulatorStatus(code, 'ACTIVE') : reinstate(code)));

export async function proposeRenewal(
  options: ProposalOptions & { softDays: string; hardDays: string },
): Promise<ExitCode> {
  const [soft, hard] = [Number(options.softDays), Number(options.hardDays)];
  if (!(soft > 0 && soft <= hard && hard <= 3_650)) {
    throw new Problem('--soft-days and --hard-days are numbers of days, the second not before the first.', 'usage');
  }
  return propose(options, () => renew(soft, hard));
}

export async function proposeKey(
  code: string,
  options: ProposalOptions & { key: string; grace: string },
): Promise<ExitCode> {
  const hours = Number(options.grace);
  if (!(hours >= 0 && hours <= 10_000)) throw new Problem('--grace is a number of hours.', 'usage');
  const key = await readPublicKey(options.key);
  const rotate = isRegulator(code) ? rotateRegulatorKey : rotateKey;
  return propose(options, () => rotate(code, key, hours * 3_600_000));
}

interface Admission extends ProposalOptions {
  readonly code: string;
  readonly kind?: string;
  readonly province?: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly endpoint?: string;
  readonly key: string;
}

async function proposeRegulator({ code, nameZh, nameEn, key, ...options }: Admission): Promise<ExitCode> {
  const said = { code, nameZh, nameEn, status: 'ACTIVE', keys: [await readPublicKey(key)] };
  const regulator = Regulator.safeParse(said);
  if (!regulator.success) throw new Problem(`This is no regulator: ${z.prettifyError(regulator.error)}`, 'usage');
  return propose(options, (published) => admitRegulator(published, regulator.data));
}

export async function proposeAdmission(options: Admission): Promise<ExitCode> {
  const { code, kind, province, nameZh, nameEn, endpoint } = options;
  if (isRegulator(code)) return proposeRegulator(options);
  const said = { code, kind, province, nameZh, nameEn, endpoint };
  const more = { status: 'ACTIVE', suspensions: [], keys: [await readPublicKey(options.key)] };
  const member = Member.safeParse({ ...said, ...more });
  if (!member.success) throw new Problem(`This is no member: ${z.prettifyError(member.error)}`, 'usage');
  return propose(options, (published) => admit(published, member.data));
}
