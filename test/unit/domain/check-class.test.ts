/** What a check counts as in the figures. */
import { expect, test } from 'vitest';

import { countedAs } from '#node/domain/check-class.ts';
import { decide } from '#node/domain/eligibility.ts';
import type { KnownFacts } from '#schema/decision.ts';
import { StationCode } from '#schema/ids.ts';
import type { Procedure } from '#schema/procedures.ts';
import {
  bar,
  day,
  donation,
  incomplete,
  jiangsu,
  known,
  otherPlasmaStation,
  plasmaStation,
  registration,
  ruleSetNamed,
  shanghai,
} from '#test/support/facts.ts';

const china = ruleSetNamed('CN-2012');
const nextDoor = StationCode.parse('310298B01');
const today = day('2026-11-21');

function namesOf(facts: KnownFacts, procedure: Procedure = 'WHOLE_BLOOD'): string[] {
  const counted = countedAs(facts, china, decide(facts, china, procedure, today));
  return counted.map(({ family, class: of }) => `${family} ${of}`);
}

const lastMonth = (station: StationCode) => donation('2026-10-21', { station });
const yearsAgo = (station: StationCode) => donation('2023-10-21', { station });

test('a check that found nothing in the way', () => {
  expect(namesOf(known({ donations: [yearsAgo(shanghai)] }))).toEqual(['CHECKS ELIGIBLE']);
  expect(namesOf(known({ coverage: incomplete }))).toEqual(['CHECKS INDETERMINATE']);
});

test.each([
  { held: [shanghai], class: 'DEFERRED_OWN' },
  { held: [shanghai, nextDoor, jiangsu], class: 'DEFERRED_OWN' },
  { held: [nextDoor], class: 'DEFERRED_SAME_PROVINCE' },
  { held: [nextDoor, jiangsu], class: 'DEFERRED_SAME_PROVINCE' },
  { held: [jiangsu], class: 'DEFERRED_OTHER_PROVINCE' },
])('a deferral by records of $held is $class', ({ held, class: of }) => {
  expect(namesOf(known({ donations: [...held.map(lastMonth), yearsAgo(shanghai)] }))).toEqual([`CHECKS ${of}`]);
  expect(namesOf(known({ donations: held.map(lastMonth), coverage: incomplete, permitElsewhere: true }))).toEqual([
    `CHECKS ${of}`,
  ]);
});

test('a deferral that the records of one station alone would not have brought about is by those together', () => {
  const caps = Array.from({ length: 24 }, (_, index) =>
    donation(new Date(Date.UTC(2026, 10, 1 - index * 14)).toISOString().slice(0, 10), {
      station: index % 2 === 0 ? shanghai : jiangsu,
      procedure: 'PLATELETS',
    }),
  );
  expect(namesOf(known({ donations: caps }), 'PLATELETS')).toEqual(['CHECKS DEFERRED_OTHER_PROVINCE']);
});

test.each([
  { held: [shanghai, jiangsu], class: 'HIT_OWN' },
  { held: [jiangsu, nextDoor], class: 'HIT_SAME_PROVINCE' },
  { held: [jiangsu], class: 'HIT_OTHER_PROVINCE' },
])('a bar of $held is $class, once', ({ held, class: of }) => {
  const bars = held.map((station) => ({ ...bar('2026-01-01'), station }));
  expect(namesOf(known({ bars: [...bars, ...bars] }))).toEqual(['CHECKS REFER', `LOOKOUT_HITS ${of}`]);
});

test('a bar that is lifted, or not yet set, is no hit', () => {
  const own = { ...bar('2026-12-01'), station: shanghai };
  const bars = [own, { ...bar('2026-01-01', '2026-02-01'), station: shanghai }, bar('2026-01-01')];
  expect(namesOf(known({ bars }))).toEqual(['CHECKS REFER', 'LOOKOUT_HITS HIT_OTHER_PROVINCE']);
});

test('a plasma donor with a home or a chair elsewhere is an attempt, whatever the verdict', () => {
  const asked = (facts: Partial<KnownFacts>) => namesOf(known({ askedBy: plasmaStation, ...facts }), 'SOURCE_PLASMA');
  const home = registration(plasmaStation, '2026-01-01');
  const other = registration(otherPlasmaStation, '2026-01-01');
  const attempt = 'CROSS_DONATION_ATTEMPTS ALL';
  expect(asked({ registrations: [home] })).toEqual(['CHECKS ELIGIBLE']);
  expect(asked({ registrations: [] })).toEqual(['CHECKS REFER']);
  expect(asked({ registrations: [home, other] })).toEqual(['CHECKS REFER', attempt]);
  expect(asked({ registrations: [{ ...other, until: day('2026-11-01') }, home] })).toEqual(['CHECKS ELIGIBLE']);
  expect(asked({ registrations: [home], permitElsewhere: true })).toEqual(['CHECKS INDETERMINATE', attempt]);
  expect(namesOf(known({ registrations: [other], permitElsewhere: true }))).toEqual(['CHECKS INDETERMINATE']);
});
