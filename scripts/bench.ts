/** `npm run bench`: runs the benches of `bench/`, one after the other, and prints medians and ratios against the goals. */
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

import { Argument, Command, CommanderError } from '@commander-js/extra-typings';
import Table from 'cli-table3';

import type { Bench } from './bench/bench.ts';
import { compare } from './bench/goal.ts';
import type { BenchWithGoals, Compared } from './bench/goal.ts';
import { exitCodes, explain } from './lookout/problem.ts';

/** The modules that export a bench. Named, because others in the folder are servers that start when they are loaded. */
const modules = [
  'http',
  'gateway',
  'station',
  'import',
  'latency',
  'log',
  'apply',
  'permit',
  'idle',
  'exchange',
  'audit',
  'counts',
  'suppression',
  'aggregate',
].filter((name) => existsSync(fileOf(name)));

function fileOf(name: string): URL {
  return new URL(`bench/${name}.ts`, import.meta.url);
}

const program = new Command('npm run bench --')
  .description(
    '性能基准测试。\nMeasure what the parts cost against the least that could do the same work: medians of interleaved turns.',
  )
  .addArgument(new Argument('[names...]', 'which benches; all when left out').choices(modules))
  .option('--json', 'answer in JSON', false)
  .option('--list', 'only say which there are', false)
  .addHelpText(
    'after',
    `
Examples:
  npm run bench                     # all of them
  npm run bench -- http gateway     # two of them
  npm run -s bench -- --json > bench.json

Compare ratios: absolute figures belong to the machine and the moment.`,
  )
  .exitOverride()
  .showHelpAfterError('(--help shows what can be typed)');

try {
  await program.parseAsync();
  const { json, list } = program.opts();
  const [names] = program.processedArgs;
  if (list) console.log(modules.join('\n'));
  else await run(names.length > 0 ? names : modules, json);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  else process.exitCode = explain(error);
}

async function run(names: readonly string[], json: boolean): Promise<void> {
  const results: { name: string; measured: readonly Compared[] }[] = [];
  for (const name of names) {
    for (const bench of await load(name)) {
      process.stderr.write(`Measuring ${bench.name} ...\n`);
      const measured = compare(await bench.run(), bench.goals);
      results.push({ name: bench.name, measured });
      if (!json) console.log(tableOf(bench.name, measured));
    }
  }
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
  if (json) console.log(JSON.stringify({ at: new Date().toISOString(), machine, benches: results }, null, 2));
}

async function load(name: string): Promise<BenchWithGoals[]> {
  const module: unknown = await import(fileOf(name).href);
  return typeof module === 'object' && module !== null ? Object.values(module).filter(isBench) : [];
}

function isBench(value: unknown): value is Bench {
  return (
    typeof value === 'object' && value !== null && 'name' in value && 'run' in value && typeof value.run === 'function'
  );
}

function tableOf(name: string, measured: readonly Compared[]): string {
  const table = new Table({
    head: [name, 'per second', 'median ms', 'CPU ms each', 'cores', 'rate ratio', 'CPU ratio', 'goal'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const one of measured) {
    table.push([
      one.name,
      Math.round(one.perSecond).toLocaleString('en'),
      one.medianMs?.toFixed(2) ?? '',
      one.cpuMs.toPrecision(3),
      one.cores < 0.1 ? one.cores.toFixed(4) : one.cores.toFixed(2),
      one.rateRatio.toFixed(2),
      one.cpuRatio.toFixed(2),
      one.goal === undefined ? '' : `${one.goal.text}: ${one.goal.reached ? 'reached' : 'not reached'}`,
    ]);
  }
  return table.toString();
}
