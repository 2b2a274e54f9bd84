/** Every event one to five times, in random order: the copy in the end is what a serial reading of the first copies gives. */
import { expect, test } from 'vitest';

import type { History, HistoryBody, HistoryEvent } from '#node/domain/history.ts';
import { withOutcomes } from '#node/domain/permit.ts';
import { EventBody } from '#schema/events.ts';
import type { DonorToken } from '#schema/ids.ts';
import { createRecords, createTestDirectory, logStart } from '#test/support/donor-log.ts';
import type { Said } from '#test/support/donor-log.ts';

import { conclusionsOf, createCopy, partitions } from './copy-under-test.ts';
import { codes, createChance, sayAll } from './many-events.ts';

/** 20,000 with `LOOKOUT_TEST_EVENTS=20000`; every one comes three times on average. */
const events = Number(process.env['LOOKOUT_TEST_EVENTS'] ?? 3_000);

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
  const said = await sayAll(events, chance);
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
