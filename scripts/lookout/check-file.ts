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
import { bar, createProgress } from './terminal.ts';
import { getFederation, getStationUrl } from './verb.ts';

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
}

export async function checkFile({ file, state, quiet }: CheckFileOptions): Promise<ExitCode> {
  const cases = await readCases(file);
  const federation = await getFederation(state);
  const progress = createProgress({ quiet });
  const count = { done: 0, refused: 0, different: 0 };
  for await (const { line, answer } of inOrder(cases, width, (one) => put(one, federation))) {
    count.done += 1;
    if (answer.__typename === 'Refused') count.refused += 1;
    if (line.expected !== undefined) count.different += 1;
    progress.clear();
    process.stdout.write(`${JSON.stringify(line)}\n`);
    progress.update(`Checking ${bar(count.done, cases.length)} ${count.done} of ${cases.length}`);
  }
  const { done, refused, different } = count;
  const differs =
    different === 0 ? 'none differs from what was expected' : `${different} differ from what was expected`;
  progress.say(`${done} cases: ${differs}${refused > 0 ? `, ${refused} refused` : ''}.`);
  if (different > 0) return exitCodes.no;
  return refused > 0 ? exitCodes.failed : exitCodes.done;
}

async function put(one: Case, federation: RunningFederation) {
  const answer = await askEligibility({
    station: one.station,
    url: getStationUrl(federation, one.station),
    document: { type: one.document_type, number: one.document_number },
    procedure: one.procedure,
    on: one.on,
  });
  return { answer, line: lineOf(one, answer) };
}

interface Line {
  readonly case: string;
  readonly verdict: Verdict | null;
  readonly eligibleFrom: CivilDate | null;
  /** Why there is no verdict. */
  readonly refused?: string;
  /** Whom the answer could not rest on. */
  readonly missing?: readonly string[];
  /** What the file expects, when that is something else. */
  readonly expected?: Expected;
}

interface Expected {
  readonly verdict?: Verdict;
  readonly eligibleFrom?: CivilDate | null;
}

/** The line of a case. What was left out is not expected; an empty day beside a verdict expects that there is none. */
export function lineOf(one: Case, answer: EligibilityAnswer): Line {
  const said =
    answer.__typename === 'Decision'
      ? { verdict: answer.verdict, eligibleFrom: answer.eligibleFrom }
      : { verdict: null, eligibleFrom: null, refused: answer.code };
  const missing =
    answer.__typename === 'Decision'
      ? answer.coverage.stations.filter(({ state }) => state === 'MISSING').map(({ station }) => station)
      : [];
  const expected = expectedOf(one);
  const differs =
    (expected.verdict !== undefined && expected.verdict !== said.verdict) ||
    (expected.eligibleFrom !== undefined && expected.eligibleFrom !== said.eligibleFrom);
  return { case: one.case, ...said, ...(missing.length > 0 && { missing }), ...(differs && { expected }) };
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
