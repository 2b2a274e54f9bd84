/** The verbs of the `lookout` command put together: what a person does with a federation that runs. One verb a file. */
import { Command, CommanderError } from '@commander-js/extra-typings';

import manifest from '../../package.json' with { type: 'json' };
import { aggregate, aggregateVerb } from './aggregate.ts';
import { auditVerb } from './audit.ts';
import { check, checkVerb } from './check.ts';
import { directoryVerb } from './directory.ts';
import { doctor, doctorVerb } from './doctor.ts';
import { headers, headersVerb } from './headers.ts';
import { importData, importVerb } from './import.ts';
import { exitCodes, explain, withoutNumbers } from './problem.ts';
import { receiptVerb } from './receipt.ts';
import { replay, replayVerb } from './replay.ts';
import { stations, stationsVerb } from './stations.ts';

const program = new Command('lookout')
  .description('跨省献血者屏蔽信息联查：命令行工具。\nDonor Lookout: ask and feed a federation that runs (npm start).')
  .version(manifest.version)
  .addCommand(
    checkVerb.action(async (options) => {
      process.exitCode = await check(options);
    }),
  )
  .addCommand(
    importVerb.action(async (dir, options) => {
      process.exitCode = await importData(dir, options);
    }),
  )
  .addCommand(
    headersVerb.action(async (options) => {
      process.exitCode = await headers(options);
    }),
  )
  .addCommand(
    stationsVerb.action(async (options) => {
      process.exitCode = await stations(options);
    }),
  )
  .addCommand(
    aggregateVerb.action(async (options) => {
      process.exitCode = await aggregate(options);
    }),
  )
  .addCommand(
    doctorVerb.action(async (options) => {
      process.exitCode = await doctor(options);
    }),
  )
  .addCommand(
    replayVerb.action(async (options) => {
      process.exitCode = await replay(options);
    }),
  )
  .addCommand(directoryVerb)
  .addCommand(auditVerb)
  .addCommand(receiptVerb)
  .addHelpText(
    'after',
    `
Examples:
  npm run lookout -- stations
  npm run lookout -- check --help
  npm run -s lookout -- stations --json | jq     # -s: nothing of npm's own on stdout

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a check says no, 4 the federation cannot be reached, 130 interrupted.
DEBUG=lookout shows where an error comes from; NO_COLOR=1 turns colours off.`,
  );

for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  command
    .exitOverride()
    .showHelpAfterError('(--help shows what can be typed)')
    .configureOutput({
      outputError: (text, write) => {
        write(withoutNumbers(text));
      },
    });
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has seen enough: `lookout ... | head`.
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
});
process.once('SIGINT', () => {
  if (process.stderr.isTTY) process.stderr.write('\n');
  process.exit(exitCodes.interrupted);
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what is wrong with the usage, or has shown the help that was asked for.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  else process.exitCode = explain(error);
}
