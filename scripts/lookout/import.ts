/** `lookout import`: what the stations' own systems exported, each station's folder to that station. */
import Table from 'cli-table3';

import { planImport, readFolderNames, runImport, totalOf } from './import-folder.ts';
import type { ImportedFile } from './import-folder.ts';
import { exitCodes } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { createProgress } from './terminal.ts';
import { askerOf, signInAt, usualAskers } from './sign-in.ts';
import type { AskerOptions } from './sign-in.ts';
import { createAskingVerb, getFederation } from './verb.ts';

export const importVerb = createAskingVerb({
  name: 'import',
  usual: usualAskers.system,
  zh: '导入各站自有系统导出的文件。',
  en: "Import what the stations' own systems exported.",
  examples: [
    ['import scripts/sample', "each station's folder to that station: donations.csv, lookouts.csv, registrations.csv"],
    ['import ./export --json > rejected.ndjson', 'rejected rows and a summary a file, a JSON object a line'],
  ],
  exits:
    '0 done, also when single rows were rejected; 1 a file was refused or a folder names no station; 2 wrong usage; 4 the federation or a station cannot be reached; 130 interrupted.',
}).argument('<dir>', 'the data folder: a folder a station, named by its code');

interface Options extends AskerOptions {
  readonly state: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function importData(dir: string, { state, json, quiet, ...options }: Options): Promise<ExitCode> {
  await readFolderNames(dir); // a folder that is not there is wrong usage, whether or not a federation runs
  const federation = await getFederation(state);
  const { jobs, unknown } = await planImport(dir, new Map(federation.stations.map(({ code, url }) => [code, url])));
  const progress = createProgress({ quiet });
  for (const name of unknown)
    progress.say(`The folder ${name} was left out: no station of this federation has that code.`);
  const files = await runImport({
    jobs,
    signIn: signInAt(federation, state),
    asker: askerOf(options, usualAskers.system),
    progress,
    onRejected: (row) => {
      const { station, file, line, code } = row;
      progress.clear();
      console.log(json ? JSON.stringify({ type: 'rejected', ...row }) : `${station} ${file} ${line} ${code}`);
    },
  });
  for (const { station, file, result } of files) {
    if (result.state !== 'imported') console.error(`${station} ${file}: ${result.sentence}`);
  }
  if (json) for (const line of files.map(jsonOf)) console.log(JSON.stringify(line));
  else if (!quiet) console.error(tableOf(files));
  if (files.some(({ result }) => result.state === 'unreachable')) return exitCodes.unreachable;
  return unknown.length > 0 || files.some(({ result }) => result.state === 'refused')
    ? exitCodes.failed
    : exitCodes.done;
}

function jsonOf({ station, file, result }: ImportedFile): object {
  return result.state === 'imported'
    ? { type: 'summary', station, file, ...result.summary }
    : { type: 'fault', station, file, state: result.state, message: result.sentence };
}

export function tableOf(files: readonly ImportedFile[]): string {
  const table = new Table({
    head: ['station', 'file', 'rows', 'inserted', 'updated', 'duplicates', 'rejected'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const cells = ({ rows, inserted, updated, duplicates, rejected }: ReturnType<typeof totalOf>) => [
    rows,
    inserted,
    updated,
    duplicates,
    rejected,
  ];
  for (const { station, file, result } of files) {
    table.push([
      station,
      file,
      ...(result.state === 'imported' ? cells(result.summary) : ['-', '-', '-', '-', result.state]),
    ]);
  }
  if (files.length > 1) table.push(['all', '', ...cells(totalOf(files))]);
  return table.toString();
}
