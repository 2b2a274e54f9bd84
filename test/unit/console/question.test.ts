/** The question of the regulator page: in its address, and while it is put together. */
import { expect, test } from 'vitest';

import { draftOf, questionOf, within } from '#console/features/regulator/draft.ts';
import { questionIn, withQuestion } from '#console/features/regulator/question.ts';
import { AggregateInput } from '#schema/aggregates.ts';
import type { MeasureDefinition } from '#console/features/regulator/table.ts';

const question = AggregateInput.parse({
  ...{ measure: 'DONATIONS', area: 'STATION', province: '33', kind: 'PLASMA' },
  ...{ period: 'MONTH', from: 2024, to: 2026, split: true },
});

test('an address holds a question whole, beside whatever else is in it', () => {
  const address = withQuestion(new URLSearchParams('lang=en'), question);
  expect(address.get('lang')).toBe('en');
  expect(questionIn(address)).toEqual(question);
});

test('what the next question does not say is gone from the address', () => {
  const { measure, area, period, from, to } = question;
  const next = { measure, area, period, from, to, split: false };
  const address = withQuestion(withQuestion(new URLSearchParams(), question), next);
  expect(questionIn(address)).toEqual(next);
  expect([...address.keys()]).toEqual(['measure', 'area', 'period', 'from', 'to']);
});

test.each([
  '',
  'measure=DONATIONS',
  'measure=NAMES&area=REGION&period=YEAR&from=2024&to=2024',
  'measure=DONATIONS&area=REGION&period=YEAR&from=2024',
  'measure=DONATIONS&area=REGION&period=YEAR&from=&to=',
  'measure=DONATIONS&area=REGION&period=YEAR&from=2026&to=2024',
  'measure=DONATIONS&area=REGION&period=YEAR&from=1e3&to=2024',
  'measure=DONATIONS&area=REGION&period=YEAR&from=2024&to=2024&province=<script>',
])('an address that holds no question, or none there is, asks nothing: %s', (search) => {
  expect(questionIn(new URLSearchParams(search))).toBeNull();
});

const infections: MeasureDefinition = {
  ...{ code: 'LOOKOUTS_LISTED', nameZh: '', nameEn: '', definitionZh: '', definitionEn: '' },
  ...{ areas: ['REGION', 'PROVINCE'], periods: ['YEAR', 'BLOCK'], adds: true, threshold: 11, dominance: 0.9 },
  ...{ of: 'ALL', classes: [] },
};

test('a draft goes no finer than its measure is shown', () => {
  expect(within(draftOf(question, 2026), infections)).toMatchObject({ area: 'PROVINCE', period: 'YEAR', split: false });
  expect(within({ ...draftOf(question, 2026), area: 'REGION', period: 'BLOCK' }, infections)).toMatchObject({
    ...{ area: 'REGION', period: 'BLOCK' },
  });
});

test('a draft is the question it was made of, or none while its years are none', () => {
  const draft = draftOf(question, 2026);
  expect(questionOf(draft)).toEqual(question);
  expect(questionOf(draftOf(null, 2026))).toMatchObject({ measure: 'DONATIONS', from: 2026, to: 2026 });
  for (const to of ['', '20', '2023', 'soon', '2099']) expect(questionOf({ ...draft, to })).toBeNull();
});
