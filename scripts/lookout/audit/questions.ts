/** `lookout audit questions`: which figures each regulator asked the gateway for, and that no line is missing between them. */
import { readFile } from 'node:fs/promises';

import Table from 'cli-table3';

import { questionFile, readQuestions } from '#gateway/aggregates/question-log.ts';
import type { QuestionLine } from '#gateway/aggregates/question-log.ts';
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb } from '#scripts/lookout/verb.ts';
import { layoutOf } from '#scripts/start/layout.ts';

export const questionsVerb = createVerb({
  name: 'questions',
  zh: '显示监管机构在网关查询过哪些统计数据，并核验各行前后衔接。',
  en: 'Show which figures regulators asked the gateway for, and verify that each line follows from the one before.',
  examples: [
    ['audit questions', 'the last 20'],
    ['audit questions --regulator R31 --last 500 --json', 'those of one regulator, as JSON'],
  ],
  exits: '0 whole; 1 a line is not what was written, its place is named; 2 wrong usage.',
})
  .option('--regulator <code>', 'only what this regulator asked')
  .option('--last <number>', 'how many', '20')
  .option('--file <file>', 'the file (default: that of the gateway that runs here)');

interface Options {
  readonly state: string;
  readonly regulator?: string;
  readonly last: string;
  readonly file?: string;
  readonly json: boolean;
}

async function readFrom(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Problem(`${file} cannot be read: nobody has asked for figures yet, or --file says where.`, 'usage', {
      cause,
    });
  }
}

/** The question in one line, as `lookout aggregate` takes it. */
function askedIn({ input }: QuestionLine): string {
  if (input === null) return 'not a question';
  const { measure, area, period, from, to, split, province, kind } = input;
  const more = [province, kind, split ? 'split' : undefined].filter((one) => one !== undefined);
  return [measure, area, period, from === to ? from : `${from}-${to}`, ...more].join(' ');
}

export async function showQuestions({ state, regulator, last, file, json }: Options): Promise<ExitCode> {
  const count = Number(last);
  if (!Number.isInteger(count) || count < 1) throw new Problem('--last is 1 or more.', 'usage');
  const { lines, brokenAt } = readQuestions(await readFrom(file ?? questionsOf(state)));
  const shown = lines.filter((line) => regulator === undefined || line.regulator === regulator).slice(-count);
  if (json) console.log(JSON.stringify({ lines: shown, brokenAt }, null, 2));
  else {
    const table = new Table({
      head: ['line', 'at', 'regulator', 'who', 'asked', 'outcome'],
      style: { head: [], border: [], compact: true },
    });
    for (const line of shown) {
      const { number, at, regulator: code, subject, outcome } = line;
      table.push([number, at, code, subject, askedIn(line), outcome]);
    }
    console.log(table.toString());
  }
  if (brokenAt === null) return exitCodes.done;
  console.error(`第${brokenAt}行与之前不衔接。 Line ${brokenAt} does not follow from those before it.`);
  return exitCodes.failed;
}

const questionsOf = (state: string): string => `${layoutOf(state).directoryOf('gateway')}.figures/${questionFile}`;
