/** `lookout doctor`: goes through everything a federation on this machine needs, says what is wrong and what to do about it. */
import { examineFederation } from './doctor/federation.ts';
import { examineMachine } from './doctor/machine.ts';
import type { Finding } from './doctor/finding.ts';
import { exitCodes } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { coloured } from './terminal.ts';
import { createVerb } from './verb.ts';

export const doctorVerb = createVerb({
  name: 'doctor',
  zh: '检查本机运行环境及各项服务，指出问题与处理办法。',
  en: 'Examine this machine and the federation on it; say what is wrong and what to do.',
  examples: [
    ['doctor', 'a line a check'],
    ['doctor --state /srv/lookout --json', 'the same as JSON, of another federation'],
  ],
  exits: '0 all is well, 3 something is wrong, 4 the federation or a part of it cannot be reached.',
});

interface Options {
  readonly state: string;
  readonly json: boolean;
}

export async function doctor({ state, json }: Options): Promise<ExitCode> {
  const findings = [...(await examineMachine(state)), ...(await examineFederation(state))];
  console.log(json ? JSON.stringify(findings, null, 2) : findings.map(lineOf).join('\n'));
  const wrong = findings.filter(({ state: found }) => found !== 'ok');
  if (wrong.some(({ state: found }) => found === 'unreachable')) return exitCodes.unreachable;
  return wrong.length > 0 ? exitCodes.no : exitCodes.done;
}

function lineOf({ check, state, found, todo }: Finding): string {
  const mark = state === 'ok' ? coloured('green', 'ok   ') : coloured('red', 'wrong');
  return `${mark}  ${check.padEnd(20)} ${found}${todo === undefined ? '' : `\n       ${' '.repeat(20)} -> ${todo}`}`;
}
