/** `lookout audit prove`: what others have signed in an entry, proved with the directory alone and told in plain words. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { directoryOf } from '#scripts/lookout/trusted-directory.ts';
import { createVerb } from '#scripts/lookout/verb.ts';

import { Evidence, NotEvidence, proveEvidence } from './evidence.ts';
import type { Proved, SignedWord } from './evidence.ts';

export const proveVerb = createVerb({
  name: 'prove',
  zh: '用目录证明一条记录中他人签署的查询与应答：不必联网。',
  en: 'Prove with the directory alone what others have signed in an entry: that they asked, that they answered.',
  examples: [
    ['audit prove entry.json', 'an entry as audit show --entry shows it'],
    ['audit prove - --directory directory.json --authorities authorities.json', 'with a directory somebody brought'],
  ],
  exits: '0 proved; 2 wrong usage; 3 it proves nothing; 4 the federation cannot be reached.',
})
  .argument('<file>', 'the entry; - reads it from stdin')
  .option('--directory <file>', 'a signed directory')
  .option('--authorities <file>', 'the authorities who sign it');

interface Options {
  readonly state: string;
  readonly json: boolean;
  readonly directory?: string;
  readonly authorities?: string;
}

async function readEvidence(file: string): Promise<Evidence> {
  const given = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(() => undefined);
  if (given === undefined) throw new Problem(`${file} cannot be read.`, 'usage');
  try {
    return Evidence.parse(JSON.parse(given));
  } catch (cause) {
    throw new Problem('This is no entry as audit show --entry shows it.', 'usage', { cause });
  }
}

function line({ by, at, says }: SignedWord): string {
  if (!('role' in says)) return `${at}  ${by} answered, status ${says.status}: SHA-256 ${says.body}`;
  const about = says.donors === null ? 'about no donor' : `about donors ${says.donors}`;
  return `${at}  ${by} asked, ${says.role} ${says.sub} for ${says.purpose}, ${about}, request ${says.jti}`;
}

const donorsIn = ({ entry }: Proved): string[] => ('donors' in entry ? entry.donors : []);

export async function prove(file: string, options: Options): Promise<ExitCode> {
  const evidence = await readEvidence(file);
  const directory = await directoryOf(options);
  const proved = await proveEvidence(evidence, directory).catch((error: unknown) => {
    if (!(error instanceof NotEvidence)) throw error;
    throw new Problem(`The entry proves nothing: ${error.message}.`, 'no', { cause: error });
  });
  if (options.json) console.log(JSON.stringify(proved, null, 2));
  else {
    console.log(
      `已证明。Proved: entry ${evidence.seq} of ${evidence.station}, about ${donorsIn(proved).length} donors.`,
    );
    for (const word of proved.words) console.log(line(word));
  }
  return exitCodes.done;
}
