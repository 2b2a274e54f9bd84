/** The checker can fail: each way to break a station is found within some seeds. */
import { expect, test } from 'vitest';

import { broken } from './faulty.ts';
import { simulate } from './simulate.ts';
import type { Invariant } from './violation.ts';

const steps = 400;
const mostSeeds = 40;

/** What only shows where something arrives out of order. */
const losing = new Set<string>([
  'a watermark that does not mind gaps',
  'an applier that judges a claim by what it happens to know',
]);

async function findViolation(name: keyof typeof broken): Promise<Invariant | null> {
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const { violation } = await simulate({
      seed,
      steps,
      breakage: broken[name],
      ...(losing.has(name) ? { lossRate: 0.1 } : {}),
    });
    if (violation !== null) return violation.invariant;
  }
  return null;
}

const names = Object.keys(broken) as (keyof typeof broken)[];

test.each(names)('%s is found', async (name) => {
  expect(await findViolation(name)).not.toBeNull();
});
