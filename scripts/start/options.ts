/** What can be typed after `npm start -- `. */
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';

import { defaultState } from './layout.ts';

const whole =
  (lowest: number, highest: number) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(`It is a whole number from ${lowest} to ${highest}.`);
  };

export function parseOptions(args: readonly string[]) {
  return new Command('npm start --')
    .description(
      '启动整个联盟：数据库、各成员站和网关。\nStart the whole federation: database, stations and gateway. It stays in the foreground.',
    )
    .option('--data <dir>', 'import this folder, which has a stations.csv, instead of the sample')
    .option('--state <dir>', 'where data, logs and keys are kept', defaultState)
    .option('--fresh', 'forget everything in the state folder first', false)
    .option('--port <number>', 'port of the gateway; the stations take those that follow', whole(1, 65_535), 4000)
    .option('--stations <number>', 'only the first so many stations', whole(1, 150))
    .option(
      '--kafka',
      'keep the donor log in a Kafka broker of its own (needs Java 17 and Maven) instead of the database',
      false,
    )
    .addHelpText(
      'after',
      `
Examples:
  npm start                                      # the sample: seven blood centres, three plasma stations
  npm start -- --stations 3 --port 5000          # the first three, gateway on port 5000
  npm start -- --data ./export --state ./trial   # your own stations and files
  npm start -- --kafka --state ./with-kafka      # the donor log in a real Kafka broker
  npm start -- --fresh                           # begin anew

Exit codes: 0 stopped after it was up, 1 failed, 2 wrong usage, 130 interrupted before it was up.`,
    )
    .exitOverride()
    .showHelpAfterError('(--help shows what can be typed)')
    .parse(args, { from: 'user' })
    .opts();
}

export type StartOptions = ReturnType<typeof parseOptions>;
