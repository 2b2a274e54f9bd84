/** Every event one to five times, in random order: the copy in the end is what a serial reading of the first copies gives. */
import { expect, test } from 'vitest';

import type { History, HistoryBody, HistoryEvent } from '#node/domain/history.ts';
import { withOutcomes } from '#node/domain/permit.ts';
import { EventBody } from '#schema/events.ts';
import type { DonorToken } from '#schema/ids.ts';
import { createRecords, createTeller, createTestDirectory, donorNamed, logStart } from '#test/support/donor-log.ts';
import type { Said } from '#test/support/donor-log.ts';
import { ruleSetNamed } from '#test/support/facts.ts';

import { conclusionsOf, createCopy, partitions } from './copy-under-test.ts';

/** 20,000 with `LOOKOUT_TEST_EVENTS=20000`; every one comes three times on average. */
const events = Number(process.env['LOOKOUT_TEST_EVENTS'] ?? 3_000);
const codes = ['310198B01', '320198B01', '330198B01', '340198B01', '350198B01'] as const;
const ruleSet = ruleSetNamed('CN-2012');

/** Numbers that look random and are the same in every run (mulberry32). */
function createChance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}

async function sayAll(chance: (below: number) => number): Promise<Said[]> {
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

/** What a reader would hold that got the first copies only, one after the other. */
function serially(records: ReturnType<typeof createRecords>, said: ReadonlyMap<string, Said>) {
  const histories = new Map<DonorToken, HistoryEvent[]>();
  const seen = new Set<string>();
  for (const { value, offset, appendedAt } of records.all.flat()) {
    const one = said.get(value);
    if (one === undefined || seen.has(value)) continue;
    seen.add(value);
    const body: HistoryBody = EventBody.parse(one.body);
    const event = { id: one.id, origin: one.origin, offset, appendedAt, isOwn: false, body, claim: null };
    histories.set(one.token, [...(histories.get(one.token) ?? []), event]);
  }
  return histories;
}

test(`${events} events, each one to five times in random order, leave the copy a serial reading leaves`, async () => {
  const directory = createTestDirectory([...codes]);
  await using copy = await createCopy({ code: codes[0], directory });
  const chance = createChance(20_261_122);
  const said = await sayAll(chance);
  const copies = said.flatMap((one) =>
    Array.from({ length: 1 + Math.floor(chance(5)) }, () => ({ one, at: chance(1) })),
  );
  const records = createRecords(partitions);
  records.tell(...copies.toSorted((a, b) => a.at - b.at).map(({ one }) => one));
  await copy.applyAll(records.batches(700));

  const expected = new Map<string, { place: number; claim: string | null }>();
  const conflicts: string[] = [];
  const { judge, conflictsOf } = conclusionsOf(copy.station);
  for (const [token, history] of serially(records, new Map(said.map((one) => [one.jws, one])))) {
    const judged: History = withOutcomes(history, judge(history));
    for (const { id, offset, claim } of judged) expected.set(id, { place: offset, claim });
    conflicts.push(...conflictsOf(token, judged).map(({ id }) => id));
  }
  const rows = await copy.rows('SELECT id::text, log_offset::int AS place, claim::text FROM event');
  expect(new Map(rows.map(({ id, place, claim }) => [id, { place, claim }]))).toStrictEqual(expected);
  expect(new Set([...expected.values()].map(({ claim }) => claim)).size).toBeGreaterThan(3);
  const open = await copy.rows("SELECT id FROM conflict WHERE state = 'OPEN' ORDER BY id");
  expect(open.map(({ id }) => id)).toStrictEqual(conflicts.toSorted());
  expect(conflicts.length).toBeGreaterThan(10);
  // Everything was heard; whatever came out of order is in doubt until its origin has said it again.
  const progress = await copy.inbox.progress();
  expect(progress.every(({ heard }) => heard.upTo === heard.highest)).toBe(true);
  expect(progress.reduce((sum, { heard }) => sum + heard.upTo, 0)).toBe(events);

  for (const { origin, partition } of progress) {
    const own = said.filter((one) => one.origin === origin && one.partition === partition);
    const places = new Map(rows.map(({ id, place }) => [id, Number(place)]));
    const resent = own.map(({ id, jws }) => ({ jws, offset: places.get(id) ?? 0, appendedAt: logStart }));
    await copy.applier.applyResent({ origin, partition, from: 1, events: resent });
  }
  expect((await copy.inbox.progress()).every(({ heard }) => heard.forkedAt === null)).toBe(true);
});
