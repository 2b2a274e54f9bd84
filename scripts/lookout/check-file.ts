/** Many questions from a CSV file: a JSON line a case, in the order of the file, and a word on how many came out as expected. */
import { readFile } from 'node:fs/promises';

import { parse } from 'csv-parse/sync';
import { z } from 'zod';

import { CivilDate } from '#schema/calendar.ts';
import { Verdict } from '#schema/decision.ts';
import { Procedure } from '#schema/procedures.ts';
import type { RunningFederation } from '#scripts/start/federation-file.ts';

import { findDocumentType } from './document.ts';
import { askEligibility } from './eligibility.ts';
import type { EligibilityAnswer } from './eligibility.ts';
import { inOrder } from './in-order.ts';
import { Problem, exitCodes, systemCodeOf } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { signInAt } from './sign-in.ts';
import type { Asker, SignIn } from './sign-in.ts';
import { bar, createProgress } from './terminal.ts';
import { getFederation, getStation } from './verb.ts';

export const Case = z.object({
  case: z.string(),
  station: z.string(),
  document_type: z.string().transform((text, context) => {
    const type = findDocumentType(text);
    if (type !== undefined) return type;
    context.addIssue('unknown document type');
    return z.NEVER;
  }),
  document_number: z.string(),
  procedure: Procedure,
  on: z.union([CivilDate, z.literal('').transform(() => undefined)]).optional(),
  verdict: z.union([Verdict, z.literal('').transform(() => undefined)]).optional(),
  eligible_from: z.union([CivilDate, z.literal('').transform(() => null)]).optional(),
});
export type Case = z.infer<typeof Case>;

/** Questions in flight at once. */
const width = 16;

export interface CheckFileOptions {
  readonly file: string;
  readonly state: string;
  readonly quiet: boolean;
  readonly asker: Asker;
}

export async function checkFile({ file, state, quiet, asker }: CheckFileOptions): Promise<ExitCode> {
  const cases = await readCases(file);
  const federation = await getFederation(state);
  const put = questioner(federation, signInAt(federation, state), asker);
  const progress = createProgress({ quiet });
  const count = { done: 0, different: 0, unanswered: 0, refused: 0 };
  const silent = new Set<string>();
  for await (const { line, answer } of inOrder(cases, width, put)) {
    count.done += 1;
    if (line.expected !== undefined) count.different += 1;
    if (answer.__typename === 'Refused') count.refused += 1;
    if (answer.__typename === 'Unanswered') {
      count.unanswered += 1;
      silent.add(answer.sentence);
    }
    progress.clear();
    process.stdout.write(`${JSON.stringify(line)}\n`);
    progress.update(`Checking ${bar(count.done, cases.length)} ${count.done} of ${cases.length}`);
  }
  for (const sentence of silent) progress.say(sentence);
  progress.say(summaryOf(count));
  if (count.different > 0) return exitCodes.no;
  if (count.unanswered > 0) return exitCodes.unreachable;
  return count.refused > 0 ? exitCodes.failed : exitCodes.done;
}

interface Count {
  readonly done: number;
  readonly different: number;
  readonly unanswered: number;
  readonly refused: number;
}

function summaryOf({ done, different, unanswered, refused }: Count): string {
  const parts = [
    `${different === 0 ? 'none differs' : `${different} differ`} from what was expected`,
    ...(unanswered > 0 ? [`${unanswered} not answered`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ];
  return `${done} cases: ${parts.join(', ')}.`;
}

/** The station that was to answer could not be reached: the other cases go on. */
interface Unanswered {
  readonly __typename: 'Unanswered';
  readonly sentence: string;
}

/** Puts cases to their stations. A station that was silent once is not asked again. */
function questioner(federation: RunningFederation, signIn: SignIn, asker: Asker) {
  const silent = new Map<string, Unanswered>();

  const answerOf = async (one: Case): Promise<EligibilityAnswer | Unanswered> => {
    const known = silent.get(one.station);
    if (known !== undefined) return known;
    try {
      const station = getStation(federation, one.station);
      return await askEligibility({
        station,
        signedIn: await signIn(station, asker),
        document: { type: one.document_type, number: one.document_number },
        procedure: one.procedure,
        on: one.on,
      });
    } catch (error) {
      if (!(error instanceof Problem) || error.exitCode !== exitCodes.unreachable) throw error;
      const unanswered: Unanswered = { __typename: 'Unanswered', sentence: error.message };
      silent.set(one.station, unanswered);
      return unanswered;
    }
  };

  return async (one: Case) => {
    const answer = await answerOf(one);
    return { answer, line: lineOf(one, answer) };
  };
}

interface Line {
  readonly case: string;
  readonly verdict: Verdict | null;
  readonly eligibleFrom: CivilDate | null;
  /** Why there is no verdict: a rule says no, or the station was silent. */
  readonly refused?: string;
  readonly unanswered?: string;
  /** Whom the answer could not rest on. */
  readonly missing?: readonly string[];
  /** What the file expects, when that is something else. */
  readonly expected?: Expected;
}

interface Expected {
  readonly verdict?: Verdict;
  readonly eligibleFrom?: CivilDate | null;
}

/** What an answer says of a case. */
function saidBy(answer: EligibilityAnswer | Unanswered): Omit<Line, 'case' | 'expected'> {
  switch (answer.__typename) {
    case 'Decision': {
      const { verdict, eligibleFrom, coverage } = answer;
      const missing = coverage.stations.filter(({ state }) => state === 'MISSING').map(({ station }) => station);
      return { verdict, eligibleFrom, ...(missing.length > 0 && { missing }) };
    }
    case 'Refused':
      return { verdict: null, eligibleFrom: null, refused: answer.code };
    case 'Unanswered':
      return { verdict: null, eligibleFrom: null, unanswered: answer.sentence };
  }
}

/** The line of a case. What was left out is not expected; an empty day beside a verdict expects that there is none. */
export function lineOf(one: Case, answer: EligibilityAnswer | Unanswered): Line {
  const said = saidBy(answer);
  const expected = expectedOf(one);
  const differs =
    said.unanswered === undefined &&
    ((expected.verdict !== undefined && expected.verdict !== said.verdict) ||
      (expected.eligibleFrom !== undefined && expected.eligibleFrom !== said.eligibleFrom));
  return { case: one.case, ...said, ...(differs && { expected }) };
}

function expectedOf({ verdict, eligible_from: eligibleFrom }: Case): Expected {
  return {
    ...(verdict !== undefined && { verdict }),
    ...(eligibleFrom !== undefined && (eligibleFrom !== null || verdict !== undefined) && { eligibleFrom }),
  };
}

/** All cases of a file. Everything is read before anything is asked, so that a broken file asks nothing. */
async function readCases(file: string): Promise<Case[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Problem(`${file} cannot be read (${systemCodeOf(cause) ?? 'unknown error'}).`, 'usage', { cause });
  });
  try {
    return parseCases(bytes);
  } catch (cause) {
    if (cause instanceof Problem) throw new Problem(`${file}: ${cause.message}`, 'usage', { cause });
    throw new Problem(`${file} is not a CSV file of cases.`, 'usage', { cause });
  }
}

export function parseCases(bytes: Buffer): Case[] {
  const rows: unknown = parse(bytes, { columns: true, bom: true, skip_empty_lines: true, info: true });
  return Rows.parse(rows).map(({ record, info }) => {
    const parsed = Case.safeParse(record);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    // The column is named and not what is in it: that may be an identity number.
    throw new Problem(
      `line ${info.lines}, ${issue?.path.join('.') ?? 'row'}: ${issue?.message ?? 'not valid'}.`,
      'usage',
    );
  });
}

const Rows = z.array(z.object({ record: z.unknown(), info: z.object({ lines: z.number() }) }));
