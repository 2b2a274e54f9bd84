/** The `simulate` command: by itself it simulates and compares, with `write` it writes data. */
import { Command, CommanderError } from '@commander-js/extra-typings';

import { exitCodes, explain } from '#scripts/lookout/problem.ts';
import { bar, createProgress } from '#scripts/lookout/terminal.ts';

import { simulate } from './crew.ts';
import { day, seed, share, stations, usualLastDay, usualWorkers, whole, years } from './options.ts';
import { allStations } from './region.ts';
import { objectOf, tableOf } from './report.ts';
import { writeRegion } from './write/write.ts';

const secondsSince = (began: number): number => (performance.now() - began) / 1_000;

const write = new Command('write')
  .description(
    '按导入格式生成虚构数据。\nWrite data in the form of the import: stations.csv and a folder a station. All people in it are invented.',
  )
  .argument('<dir>', 'a new folder')
  .requiredOption('--donations <number>', 'how many donations all stations hold together', whole(1, 10_000_000))
  .option('--seed <number>', 'the same seed writes the same bytes', seed, 1)
  .option('--stations <number>', `only so many of the ${allStations} stations`, stations, allStations)
  .option('--years <number>', 'over how many years', years, 3)
  .option('--until <day>', 'the last day', day, usualLastDay)
  .option(
    '--checks <number>',
    'so many questions with the expected answers beside, in checks.csv',
    whole(0, 100_000),
    0,
  )
  .option('--quiet', 'nothing on stderr but errors', false)
  .addHelpText(
    'after',
    `
Examples:
  npm run simulate -- write ./region --donations 10
  npm run simulate -- write ./region --donations 50000 --stations 12 --checks 400
  npm start -- --data ./region --state ./trial`,
  )
  .action(async (folder, { quiet, ...options }) => {
    const began = performance.now();
    const progress = createProgress({ quiet });
    const { people, donations, lookouts, registrations, checks } = await writeRegion({ folder, progress, ...options });
    progress.say(
      `${donations} donations of ${people} people, ${lookouts} lookouts, ${registrations} registrations, ${checks} checks in ${secondsSince(began).toFixed(1)} s.`,
    );
  });

const program = new Command('npm run simulate --')
  .description(
    '模拟整个区域：没有联盟与有联盟。\nSimulate the region without and with the federation, the same people on the same days, and compare what was given against a rule.',
  )
  .option('--seed <number>', 'the same seed simulates the same people', seed, 1)
  .option('--years <number>', 'how many years', years, 1)
  .option('--scale <share>', 'the share of the people of the region, above 0 and at most 1', share, 1)
  .option('--stations <number>', `only so many of the ${allStations} stations`, stations, allStations)
  .option('--until <day>', 'the last day', day, usualLastDay)
  .option('--workers <number>', 'how many threads', whole(1, 256), usualWorkers)
  .option('--json', 'answer in JSON', false)
  .option('--quiet', 'nothing on stderr but errors', false)
  // What follows a verb is the verb's own.
  .enablePositionalOptions()
  .addCommand(write)
  .addHelpText(
    'after',
    `
Examples:
  npm run simulate                            # the whole region for a year
  npm run simulate -- --scale 0.05 --years 3  # a twentieth of its people for three years
  npm run -s simulate -- --json > region.json
  npm run simulate -- write --help            # data in the form of the import

Every number the region is made of is in scripts/simulate/parameters.ts, with its source.`,
  )
  .exitOverride()
  .showHelpAfterError('(--help shows what can be typed)')
  .action(async ({ workers, json, quiet, ...wanted }) => {
    const began = performance.now();
    const progress = createProgress({ quiet });
    let presentations = 0;
    const results = await simulate(wanted, workers, ({ people, size, led }) => {
      presentations = led;
      const rate = Math.round(led / secondsSince(began));
      progress.update(`Simulating ${bar(people, size)} ${led} presentations, ${rate} a second`);
    });
    const seconds = secondsSince(began);
    progress.say(
      `${presentations} presentations in ${seconds.toFixed(1)} s, ${Math.round(presentations / seconds)} a second, each in every variant.`,
    );
    console.log(json ? JSON.stringify(objectOf(wanted, results), null, 2) : tableOf(results));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  else process.exitCode = explain(error);
}
