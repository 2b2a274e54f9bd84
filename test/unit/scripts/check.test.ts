import { Readable } from 'node:stream';

import { describe, expect, test } from 'vitest';

import { parseDay, parseProcedure } from '#scripts/lookout/check.ts';
import { Case, lineOf, parseCases } from '#scripts/lookout/check-file.ts';
import { parseDocument, readDocument } from '#scripts/lookout/document.ts';
import type { EligibilityAnswer } from '#scripts/lookout/eligibility.ts';
import { Problem, withoutNumbers } from '#scripts/lookout/problem.ts';
import { CivilDate } from '#schema/calendar.ts';

const number = '33019819900101123X';

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('a document at the terminal', () => {
  test.each([
    ['01', 'RESIDENT_ID'],
    ['03', 'PASSPORT'],
    ['06', 'HK_MACAO_PERMIT'],
    ['07', 'TAIWAN_PERMIT'],
    ['PASSPORT', 'PASSPORT'],
  ])('has the type %s', (text, type) => {
    expect(parseDocument(`${text}:${number}`)).toEqual({ type, number });
  });

  test('keeps what is in its number, blanks and colons too: the station says whether it is one', () => {
    expect(parseDocument('01: 33:0198 ').number).toBe(' 33:0198 ');
  });

  test.each([number, `02:${number}`, `resident:${number}`, '01:', '01:  '])(
    'is refused without being repeated: %s',
    (text) => {
      const problem = problemOf(() => parseDocument(text));
      expect(problem.exitCode).toBe(2);
      expect(problem.message).not.toContain(number);
    },
  );

  test('comes from the first line of stdin when it is asked for as -', async () => {
    const input = Object.assign(Readable.from([`01:${number}\n`, 'rest\n']), { isTTY: false });
    await expect(readDocument('-', input)).resolves.toEqual({ type: 'RESIDENT_ID', number });
    await expect(readDocument('-', Object.assign(Readable.from([]), { isTTY: false }))).rejects.toThrow('stdin');
  });
});

test('a complaint about the usage does not repeat a number that was typed in a wrong place', () => {
  expect(withoutNumbers(`unknown option '--dokument=01:${number}', E12345678`)).toBe(
    "unknown option '--dokument=01:[...]', [...]",
  );
});

test('procedures and days are those of the shared language, and wrong usage otherwise', () => {
  expect(parseProcedure('PLATELETS')).toBe('PLATELETS');
  expect(problemOf(() => parseProcedure('platelets')).exitCode).toBe(2);
  expect(parseDay('2024-02-29')).toBe('2024-02-29');
  expect(problemOf(() => parseDay('2023-02-29')).exitCode).toBe(2);
});

const heading = 'case,station,document_type,document_number,procedure,on';
const casesOf = (...lines: string[]) => parseCases(Buffer.from(lines.join('\n')));

describe('a file of cases', () => {
  test('may leave the expectations out, have its columns in any order, and a byte order mark', () => {
    const cases = casesOf(`\uFEFFon,${heading.slice(0, -3)},note`, `,1,330198B01,01,${number},PLATELETS,hello`);
    expect(cases).toEqual([
      {
        case: '1',
        station: '330198B01',
        document_type: 'RESIDENT_ID',
        document_number: number,
        procedure: 'PLATELETS',
        on: undefined,
      },
    ]);
  });

  test.each([
    [`9,330198B01,02,${number},PLATELETS,2026-01-01`, 'document_type'],
    [`9,330198B01,01,${number},BLOOD,2026-01-01`, 'procedure'],
    [`9,330198B01,01,${number},PLATELETS,2026-02-30`, 'on'],
  ])('that is broken is said by line and column, never by what is in it: %s', (line, column) => {
    const problem = problemOf(() => casesOf(heading, line));
    expect(problem.message).toContain(`line 2, ${column}: `);
    expect(problem.message).not.toContain(number);
  });
});

describe('the line of a case', () => {
  const caseOf = (expected: object) =>
    Case.parse({
      case: '7',
      station: '330198B01',
      document_type: '01',
      document_number: number,
      procedure: 'PLATELETS',
      ...expected,
    });
  const decision = (
    verdict: 'ELIGIBLE' | 'DEFERRED' | 'INDETERMINATE',
    day: string | null,
    missing: string[] = [],
  ): EligibilityAnswer => ({
    __typename: 'Decision',
    verdict,
    procedure: 'PLATELETS',
    on: CivilDate.parse('2026-01-01'),
    eligibleFrom: day === null ? null : CivilDate.parse(day),
    grounds: [],
    ruleSet: { id: 'CN-2012', hash: '' },
    coverage: {
      complete: missing.length === 0,
      stations: missing.map((station) => ({ station, state: 'MISSING', asOf: null, fault: null })) as never,
    },
    sentenceZh: '',
    sentenceEn: '',
  });

  test.each([
    ['nothing is expected', {}],
    ['blanks are expected', { verdict: '', eligible_from: '' }],
    ['the verdict alone is expected', { verdict: 'DEFERRED' }],
    ['verdict and day are as expected', { verdict: 'DEFERRED', eligible_from: '2026-03-01' }],
    ['the day alone is expected', { eligible_from: '2026-03-01' }],
  ])('expects nothing else when %s', (_, expected) => {
    expect(lineOf(caseOf(expected), decision('DEFERRED', '2026-03-01'))).toEqual({
      case: '7',
      verdict: 'DEFERRED',
      eligibleFrom: '2026-03-01',
    });
  });

  test.each([
    [
      { verdict: 'ELIGIBLE', eligible_from: '2026-03-01' },
      { verdict: 'ELIGIBLE', eligibleFrom: '2026-03-01' },
    ],
    [
      { verdict: 'DEFERRED', eligible_from: '2026-03-02' },
      { verdict: 'DEFERRED', eligibleFrom: '2026-03-02' },
    ],
    [
      { verdict: 'DEFERRED', eligible_from: '' },
      { verdict: 'DEFERRED', eligibleFrom: null },
    ],
    [{ eligible_from: '2026-03-02' }, { eligibleFrom: '2026-03-02' }],
  ])('says what was expected when it differs: %j', (expected, said) => {
    expect(lineOf(caseOf(expected), decision('DEFERRED', '2026-03-01'))).toMatchObject({ expected: said });
  });

  test('names who was not heard, and takes a refusal for no verdict', () => {
    expect(lineOf(caseOf({}), decision('INDETERMINATE', null, ['310198B01']))).toMatchObject({
      missing: ['310198B01'],
    });
    const refused = lineOf(caseOf({ verdict: 'ELIGIBLE' }), {
      __typename: 'Refused',
      code: 'BAD_DOCUMENT',
      message: '',
    });
    expect(refused).toEqual({
      case: '7',
      verdict: null,
      eligibleFrom: null,
      refused: 'BAD_DOCUMENT',
      expected: { verdict: 'ELIGIBLE' },
    });
  });

  test('takes silence for no answer, which is neither right nor wrong', () => {
    const sentence = 'Station 310198B01 cannot be reached.';
    expect(lineOf(caseOf({ verdict: 'ELIGIBLE' }), { __typename: 'Unanswered', sentence })).toEqual({
      case: '7',
      verdict: null,
      eligibleFrom: null,
      unanswered: sentence,
    });
  });
});
