/** What written data is made of: documents that are one person's each, and draws kept in little. */
import { expect, test } from 'vitest';

import { documentTypeCodes, findNormalDocument } from '#schema/documents.ts';
import { documentIdOf, documentOf } from '#scripts/simulate/write/document.ts';
import { createDraws } from '#scripts/simulate/write/draws.ts';
import { day } from '#test/support/facts.ts';

const uses = ['OWN', 'ALTERNATIVE', 'MISTYPED', 'BORROWED'] as const;

/** People who follow each other, and people far down: twenty million are more than ten million donations need. */
const people = [0, 7_000_000, 20_000_000].flatMap((from) => Array.from({ length: 700 }, (_, next) => from + next));

test('every document is valid and of one person', () => {
  const documents = people.flatMap((person) =>
    uses.map((use) => {
      const [type, number] = documentOf(documentIdOf(person, use));
      return findNormalDocument({ type: documentTypeCodes[type], number }, day('2026-11-20'));
    }),
  );
  expect(documents).not.toContain(undefined);
  expect(new Set(documents).size).toBe(people.length * uses.length);
});

test('no number could be of a real person: its county is assigned nowhere', () => {
  const counties = people.map((person) => documentOf(documentIdOf(person, 'OWN'))[1].slice(4, 6));
  expect(new Set(counties)).toEqual(new Set(['98']));
});

test('draws come out by time as they were put in, however many there are', () => {
  const draws = createDraws();
  const given = Array.from({ length: 2_000 }, (_, place) => ({
    document: place,
    at: 28_000_000 + ((place * 7_919) % 1_000),
    procedure: place % 3 === 0 ? ('PLATELETS' as const) : ('WHOLE_BLOOD' as const),
    volumeMl: 200 + (place % 3) * 100,
    outcome: place % 7 === 0 ? ('PARTIAL' as const) : ('COMPLETE' as const),
  }));
  for (const draw of given) draws.add(draw);
  expect(draws.length).toBe(2_000);
  expect([...draws.inOrder()]).toEqual(
    given.toSorted((one, other) => one.at - other.at || one.document - other.document),
  );
});

test('many draws take nine bytes each, and half as much again while they grow', () => {
  const before = process.memoryUsage().arrayBuffers;
  const draws = createDraws();
  const draw = { procedure: 'WHOLE_BLOOD', volumeMl: 400, outcome: 'COMPLETE' } as const;
  for (let document = 0; document < 200_000; document += 1) draws.add({ document, at: document, ...draw });
  // Those outgrown that the collector has not yet taken are a little more than twice the last ones.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4.5 * 9 * 200_000);
});
