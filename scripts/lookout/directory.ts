/** `lookout directory`: who is a member, decided by an operator and signed by the authorities, one step a command. */
import { Command } from '@commander-js/extra-typings';

import { createDirectoryVerb, createFirst } from './directory/create.ts';
import {
  admitVerb,
  proposeAdmission,
  proposeKey,
  proposeReinstatement,
  proposeRenewal,
  proposeSuspension,
  reinstateVerb,
  renewVerb,
  rotateKeyVerb,
  suspendVerb,
} from './directory/propose.ts';
import { proposeAuthorities, proposePolicy, rotateAuthoritiesVerb, setPolicyVerb } from './directory/propose-rules.ts';
import { publish, publishVerb } from './directory/publish.ts';
import { show, showVerb } from './directory/show.ts';
import { sign, signVerb } from './directory/sign.ts';
import type { ExitCode } from './problem.ts';

const zh = '查看并变更联盟目录：提议、签名、发布。';
const en = 'See and change the directory of the federation: propose, sign, publish.';

const ending =
  <Args extends unknown[]>(act: (...args: Args) => Promise<ExitCode>) =>
  async (...args: Args): Promise<void> => {
    process.exitCode = await act(...args);
  };

export const directoryVerb = new Command('directory')
  .summary(`${zh} ${en}`)
  .description(`${zh}\n${en}`)
  .addCommand(showVerb.action(ending(show)))
  .addCommand(createDirectoryVerb.action(ending(createFirst)))
  .addCommand(admitVerb.action(ending(proposeAdmission)))
  .addCommand(suspendVerb.action(ending(proposeSuspension)))
  .addCommand(reinstateVerb.action(ending(proposeReinstatement)))
  .addCommand(rotateKeyVerb.action(ending(proposeKey)))
  .addCommand(renewVerb.action(ending(proposeRenewal)))
  .addCommand(setPolicyVerb.action(ending(proposePolicy)))
  .addCommand(rotateAuthoritiesVerb.action(ending(proposeAuthorities)))
  .addCommand(signVerb.action(ending(sign)))
  .addCommand(publishVerb.action(ending(publish)))
  .addHelpText(
    'after',
    `
Each of admit, suspend, reinstate, rotate-key, renew, set-policy and rotate-authorities says what it would change and
proposes that; nothing changes for anybody until enough authorities have signed and it is published.

Examples:
  # a member is suspended, in a federation that runs
  npm run lookout -- directory suspend 330198B01
  npm run lookout -- directory sign --key .lookout/authority-keys/A1.jwk
  npm run lookout -- directory sign --key .lookout/authority-keys/A2.jwk
  npm run lookout -- directory publish`,
  );
