/** Many events by chance, the same in every run. */
import { createTeller, donorNamed, logStart } from '#test/support/donor-log.ts';
import type { Said } from '#test/support/donor-log.ts';
import { ruleSetNamed } from '#test/support/facts.ts';

import { partitions } from './copy-under-test.ts';

export const codes = ['310198B01', '320198B01', '330198B01', '340198B01', '350198B01'] as const;
const ruleSet = ruleSetNamed('CN-2012');

/** Numbers that look random and are the same in every run (mulberry32). */
export function createChance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}

/** What five members say of an eighth as many donors: donations, corrections, bars and claims. */
export async function sayAll(events: number, chance: (below: number) => number): Promise<Said[]> {
  const tellers = codes.map((code) => createTeller(code, partitions));
  const said: Said[] = [];
  for (let number = 0; number < events; number += 1) {
    const teller = tellers[Math.floor(chance(tellers.length))];
    const donor = donorNamed(String(Math.floor(chance(events / 8))));
    const collectedAt = new Date(logStart - Math.floor(chance(300)) * 86_400_000).toISOString();
    const what = chance(10);
    const earlier = said[Math.floor(chance(said.length))];
    const donation = { procedure: 'WHOLE_BLOOD', collectedAt, volumeMl: 400, outcome: 'COMPLETE' };
    const permit = { procedure: 'WHOLE_BLOOD', lifetimeMs: 60_000, notAfter: logStart + 1e9 };
    if (teller === undefined) continue;
    if (what < 1) said.push(await teller.say(donor, { type: 'bar.set', since: '2026-11-01' }));
    else if (what < 2 && earlier !== undefined) {
      const of = earlier.id;
      said.push(await teller.say(earlier.token, { type: 'donation.corrected', of, donation: null }));
    } else if (what < 5) {
      const named = { id: ruleSet.file.id, hash: ruleSet.hash };
      said.push(await teller.say(donor, { type: 'permit.claimed', ...permit, ruleSet: named }));
    } else said.push(await teller.say(donor, { type: 'donation.recorded', donation, permit: null }));
  }
  return said;
}
