/** `lookout audit`: the record of who asked what, as the one who answers for a station reads it. */
import { Command } from '@commander-js/extra-typings';

import { prove, proveVerb } from './audit/prove.ts';
import { questionsVerb, showQuestions } from './audit/questions.ts';
import { showRecord, showRecordVerb } from './audit/show.ts';
import { verify, verifyVerb } from './audit/verify.ts';
import { whoAsked, whoAskedVerb } from './audit/who-asked.ts';
import type { ExitCode } from './problem.ts';

const zh = '查阅并核验查询记录：谁查询过什么。';
const en = 'Read and verify the record of who asked what.';

const ending =
  <Options>(act: (options: Options) => Promise<ExitCode>) =>
  async (options: Options): Promise<void> => {
    process.exitCode = await act(options);
  };

export const auditVerb = new Command('audit')
  .summary(`${zh} ${en}`)
  .description(`${zh}\n${en}`)
  .addCommand(verifyVerb.action(ending(verify)))
  .addCommand(whoAskedVerb.action(ending(whoAsked)))
  .addCommand(showRecordVerb.action(ending(showRecord)))
  .addCommand(questionsVerb.action(ending(showQuestions)))
  .addCommand(
    proveVerb.action(async (file, options) => {
      process.exitCode = await prove(file, options);
    }),
  );
