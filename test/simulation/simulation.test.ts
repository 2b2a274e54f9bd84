/** The simulation in small, for every run of the tests; `npm run proof` runs it whole. */
import { expect, test } from 'vitest';

import { reportOf } from './report.ts';
import { simulate } from './simulate.ts';

const steps = 400;
const seeds = Array.from({ length: 40 }, (_, place) => place + 1);

test('whatever crashes, is cut off, comes twice or late: no false ELIGIBLE, no permit twice, no fact lost, equal copies', async () => {
  const counts: Record<string, number> = {};
  for (const seed of seeds) {
    const result = await simulate({ seed, steps });
    for (const [name, count] of Object.entries(result.counts)) counts[name] = (counts[name] ?? 0) + count;
    if (result.violation !== null) expect.fail(reportOf(result, steps));
  }
  // A simulation in which nothing happens proves nothing.
  for (const name of [
    'ELIGIBLE',
    'REFER',
    'DEFERRED',
    'INDETERMINATE',
    'GRANTED',
    'TAKEN',
    'NOT_ELIGIBLE',
    'VOID',
    'permits',
    'under suspension',
  ]) {
    expect.soft(counts[name], name).toBeGreaterThan(0);
  }
});

test('one seed is one history', async () => {
  const [once, again, other] = [
    await simulate({ seed: 7, steps: 150 }),
    await simulate({ seed: 7, steps: 150 }),
    await simulate({ seed: 8, steps: 150 }),
  ];
  expect(again.digest).toBe(once.digest);
  expect(other.digest).not.toBe(once.digest);
});
