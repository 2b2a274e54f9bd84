/** Who tries out the numbers of a birthday is found out; who serves donors is not. */
import { expect, test } from 'vitest';
import type { Caller } from '#schema/caller.ts';
import { Pseudonym } from '#schema/caller.ts';
import { StationCode } from '#schema/ids.ts';
import { createGuessWatch } from '#node/graphql/guesses.ts';

const desk: Caller = {
  from: 'OWN',
  member: StationCode.parse('310198B01'),
  role: 'DESK',
  subject: Pseudonym.parse('desk'),
  purpose: 'DONATION',
  case: null,
  rights: [],
};
const twenty = { points: 20, seconds: 3_600 };
const document = (number: string) => ({ document: { type: 'RESIDENT_ID', number } });
const candidate = (index: number) => document(`11010119900307${String(index).padStart(3, '0')}X`);
const candidates = (count: number) => Array.from({ length: count }, (_, index) => candidate(index));

test('500 candidates for one birthday: the 21st is one too many, and all that follow', () => {
  const watch = createGuessWatch(twenty);
  const answers = candidates(500).map((one) => watch(desk, [one]));
  expect(answers.slice(0, 20)).toEqual(Array(20).fill(undefined));
  expect(answers[20]).toEqual({ isNew: true, retryAfterS: 3_600 });
  expect(answers.slice(21)).toEqual(Array(479).fill({ isNew: false, retryAfterS: 3_600 }));
});

test('in one batch as well', () => {
  expect(createGuessWatch(twenty)(desk, candidates(500))?.isNew).toBe(true);
  expect(createGuessWatch(twenty)(desk, candidates(20))).toBeUndefined();
});

test.each([
  ['old numbers of fifteen digits', (index: number) => `110101900307${String(index).padStart(3, '0')}`],
  [
    'old and new ones in turn',
    (index: number) => `110101${index % 2 ? '19' : ''}900307${String(index).padStart(3, '0')}${index % 2 ? '1' : ''}`,
  ],
  ['with blanks around them', (index: number) => ` \t11010119900307${String(index).padStart(3, '0')}x `],
  ['of any type of document', (index: number) => `11010119900307${String(index).padStart(3, '0')}1`],
])('%s are no way around it', (_name, numberOf) => {
  const watch = createGuessWatch(twenty);
  const asked = Array.from({ length: 25 }, (_, index) => ({ document: { type: 'PASSPORT', number: numberOf(index) } }));
  expect(asked.filter((one) => watch(desk, [one]) !== undefined)).toHaveLength(5);
});

test('the same donor again and again is no guess, nor is another check digit', () => {
  const watch = createGuessWatch({ points: 1, seconds: 3_600 });
  for (let asked = 0; asked < 100; asked += 1) expect(watch(desk, [candidate(7)])).toBeUndefined();
  expect(watch(desk, [document('110101199003070071')])).toBeUndefined();
});

test('a busy hour of a busy station is none: 12,000 donors, a few counties, every age', () => {
  const watch = createGuessWatch(twenty);
  let seed = 1;
  const below = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  const donors = Array.from({ length: 12_000 }, () => {
    const birthday = new Date(Date.UTC(1970 + below(36), below(12), 1 + below(28))).toISOString().slice(0, 10);
    const rest = String(below(1_000)).padStart(3, '0');
    return document(`${330_102 + below(6)}${birthday.replaceAll('-', '')}${rest}1`);
  });
  expect(donors.filter((donor) => watch(desk, [donor]) !== undefined)).toEqual([]);
});

test('everybody has guesses of their own, and tokens and other documents are none', () => {
  const watch = createGuessWatch(twenty);
  watch(desk, candidates(30));
  expect(watch({ ...desk, subject: Pseudonym.parse('another') }, [candidate(31)])).toBeUndefined();
  const others = [{ token: 'A'.repeat(43) }, document('E12345678'), document('H12345678'), null, 'x', { document: 1 }];
  expect(watch(desk, others)).toBeUndefined();
});
