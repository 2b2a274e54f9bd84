/** Notices between the instances of a station. */
import { expect, test } from 'vitest';

import { copyNotice, noticeOf, payloadsOf } from '#node/adapters/postgres-inbox/applied-channel.ts';
import { EventId, StationCode } from '#schema/ids.ts';

const heard = Array.from({ length: 700 }, (_, place) => ({
  origin: StationCode.parse(`${100_000 + place}B01`),
  partition: place % 12,
  heard: { upTo: 1_000_000 + place, highest: 2_000_000, forkedAt: place % 2 === 0 ? null : place },
}));
const claims = new Map(
  Array.from({ length: 300 }, (_, place) => {
    const id = EventId.parse(`019aa6a0-0000-7000-8000-${String(place).padStart(12, '0')}`);
    return [id, { outcome: 'GRANTED' as const, appendedAt: 1_795_000_000_000 + place }];
  }),
);

test('however much there is to tell, no notice is longer than PostgreSQL takes, and together they tell it all', () => {
  const payloads = payloadsOf('one', { heard, claims });
  expect(payloads.length).toBeGreaterThan(1);
  for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(7_900);
  const notices = payloads.map((payload) => noticeOf(payload, 'another'));
  const all = notices.flatMap((notice) => (notice === null || 'copy' in notice ? [] : [notice]));
  expect(all.flatMap((notice) => notice.heard)).toStrictEqual(heard);
  expect(new Map(all.flatMap((notice) => [...notice.claims]))).toStrictEqual(claims);
});

test('nothing to tell is no notice', () => {
  expect(payloadsOf('one', { heard: [], claims: new Map() })).toStrictEqual([]);
});

test('nobody hears itself, nor what is none of ours', () => {
  const [payload = ''] = payloadsOf('one', { heard: heard.slice(0, 1), claims: new Map() });
  expect(noticeOf(payload, 'one')).toBeNull();
  expect(noticeOf('{}', 'one')).toBeNull();
  expect(noticeOf('nonsense', 'one')).toBeNull();
  expect(noticeOf(copyNotice('one', 'forgotten'), 'another')).toStrictEqual({ copy: 'forgotten' });
});
