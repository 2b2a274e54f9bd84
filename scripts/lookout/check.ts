/** `lookout check`: may this donor give this, at this station, on this day? One question, or a file of them. */
import { CivilDate } from '#schema/calendar.ts';
import { Procedure } from '#schema/procedures.ts';

import { checkFile } from './check-file.ts';
import { readDocument } from './document.ts';
import { askEligibility } from './eligibility.ts';
import type { Answered } from './eligibility.ts';
import { Problem, exitCodes } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { coloured } from './terminal.ts';
import { askerOf, signInAt, usualAskers } from './sign-in.ts';
import type { AskerOptions } from './sign-in.ts';
import { createAskingVerb, getFederation, getStation } from './verb.ts';

export const checkVerb = createAskingVerb({
  name: 'check',
  usual: usualAskers.desk,
  zh: '查询献血者能否在本站献血。',
  en: 'Ask whether a donor may give, here, on a day.',
  examples: [
    [
      'check --station 330198B01 --document RESIDENT_ID:37059819890422051X --procedure PLATELETS --on 2026-11-20',
      'one donor; 01, 03, 06 and 07 are types too',
    ],
    [
      'check --station 330198B01 --document - --procedure WHOLE_BLOOD',
      'reads TYPE:NUMBER from stdin, which keeps the number out of the shell history and the process list',
    ],
    ['check --file scripts/sample/checks.csv', 'many; a JSON line a case, exit code 3 when an expected answer differs'],
  ],
  exits:
    '0 answered (or: all cases as expected), 1 failed, 2 wrong usage or a document that is none, 3 a case of the file differs from what it expects, 4 a station that was asked cannot be reached (the other cases of a file are answered), 130 interrupted.',
})
  .option('--station <code>', 'the station that asks')
  .option('--document <type:number>', 'the document of the donor; - reads it from stdin')
  .option('--procedure <name>', `what is to be given: ${Procedure.options.join(', ')}`)
  .option('--on <day>', 'the day, YYYY-MM-DD (default: today)')
  .option(
    '--file <csv>',
    'many questions: columns case, station, document_type, document_number, procedure, on; and, if you like, verdict, eligible_from',
  );

interface Options extends AskerOptions {
  readonly state: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly station?: string;
  readonly document?: string;
  readonly procedure?: string;
  readonly on?: string;
  readonly file?: string;
}

export async function check(options: Options): Promise<ExitCode> {
  const { file, station, document, procedure, on } = options;
  if (file !== undefined) {
    if (station ?? document ?? procedure ?? on) {
      throw new Problem(
        '--file names the stations, documents, procedures and days itself: leave the other options out.',
        'usage',
      );
    }
    return checkFile({ file, state: options.state, quiet: options.quiet, asker: askerOf(options, usualAskers.desk) });
  }
  if (station === undefined || document === undefined || procedure === undefined) {
    throw new Problem('Give --station, --document and --procedure, or --file. See lookout check --help.', 'usage');
  }
  const question = {
    procedure: parseProcedure(procedure),
    on: on === undefined ? undefined : parseDay(on),
    document: await readDocument(document),
  };
  const federation = await getFederation(options.state);
  const asked = getStation(federation, station);
  const signedIn = await signInAt(federation, options.state)(asked, askerOf(options, usualAskers.desk));
  const answer = await askEligibility({ ...question, station: asked, signedIn });
  if (answer.__typename === 'Refused') throw new Problem(`${answer.code}: ${answer.message}`, 'usage');
  console.log(
    options.json ? JSON.stringify({ station, ...answer, __typename: undefined }, null, 2) : print(station, answer),
  );
  return exitCodes.done;
}

export function parseProcedure(text: string): Procedure {
  const procedure = Procedure.safeParse(text);
  if (procedure.success) return procedure.data;
  throw new Problem(`Unknown procedure; a procedure is one of ${Procedure.options.join(', ')}.`, 'usage');
}

export function parseDay(text: string): CivilDate {
  const day = CivilDate.safeParse(text);
  if (day.success) return day.data;
  throw new Problem('A day is YYYY-MM-DD and exists.', 'usage');
}

const colours = { ELIGIBLE: 'green', DEFERRED: 'yellow', REFER: 'red', INDETERMINATE: 'magenta' } as const;

type Part = Answered['coverage']['stations'][number];

const partOf = ({ station, fault }: Part): string => `${station} (${fault ?? 'no reason given'})`;

/** Why nothing rests on the very station that was asked. */
function ownLine(station: string, fault: Part['fault']): string {
  if (fault === 'STATION_SUSPENDED')
    return `${station} is suspended itself: nobody is admitted here until the directory says otherwise.`;
  if (fault === 'DIRECTORY_EXPIRED')
    return `${station} holds a directory past its end: nobody is admitted here until a newer one comes.`;
  return `${station} cannot be relied on itself (${fault ?? 'no reason given'}): nobody is admitted here.`;
}

function print(station: string, answer: Answered): string {
  const { verdict, procedure, on, eligibleFrom, grounds, coverage, ruleSet } = answer;
  const from = verdict === 'DEFERRED' && eligibleFrom !== null ? ` until ${eligibleFrom}` : '';
  const missing = coverage.stations.filter(({ state }) => state === 'MISSING');
  const others = missing.filter((part) => part.station !== station);
  return [
    `${coloured(['bold', colours[verdict]], verdict)}${from}`,
    `${answer.sentenceZh} ${answer.sentenceEn}`,
    '',
    `${procedure} at ${station} on ${on}, rules ${ruleSet.id} (${ruleSet.hash.slice(0, 12)})`,
    ...grounds.map(({ code, rule, clause, until }) =>
      ['-', code, rule, until && `until ${until}`, clause && `(${clause})`].filter(Boolean).join(' '),
    ),
    ...missing.filter((part) => part.station === station).map(({ fault }) => ownLine(station, fault)),
    ...(missing.length === 0 ? [`All ${coverage.stations.length} stations were heard.`] : []),
    ...(others.length === 0 ? [] : [`Not heard: ${others.map(partOf).join(', ')}`]),
  ].join('\n');
}
