import { describe, expect, test } from 'vitest';

import { createWatermarks } from '#node/domain/watermark.ts';
import { createFreshness } from '#node/replication/freshness.ts';
import { Policy } from '#schema/directory.ts';
import type { Member } from '#schema/directory.ts';
import { StationCode } from '#schema/ids.ts';
import { directoryOf, suspendedSince } from '#test/support/directory.ts';
import { jiangsu, plasmaStation, shanghai } from '#test/support/facts.ts';
import { noon } from '#test/support/history.ts';
import { memberOf } from '#test/support/station.ts';

const key = {
  kid: 'k'.repeat(43),
  kty: 'OKP' as const,
  crv: 'Ed25519' as const,
  x: 'x'.repeat(43),
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: null,
};
const withKey = (code: string, fact: Partial<Member> = {}): Member => memberOf(code, { keys: [key], ...fact });

function setUp(members = [withKey(shanghai), withKey(jiangsu), withKey(plasmaStation)]) {
  const state = {
    directory: directoryOf(members, { policy: Policy.parse({ freshMs: 15_000 }) }),
    latest: noon as number | null,
  };
  const watermarks = createWatermarks(1);
  const freshness = createFreshness({
    station: shanghai,
    directory: { current: () => state.directory },
    watermarks,
    logTime: { latest: () => state.latest },
  });
  const beat = (origin: StationCode, asOf: number, seq = 0): void => {
    watermarks.observe({ origin, asOf, seqs: [seq] });
  };
  const states = () => freshness.current().map(({ station, state: part }) => `${station} ${part}`);
  return { state, watermarks, freshness, beat, states };
}

describe('a member', () => {
  test('is fresh while its watermark is younger than the policy allows, to the millisecond', () => {
    const { state, freshness, beat } = setUp();
    beat(jiangsu, noon);
    state.latest = noon + 14_999;
    expect(freshness.current()[0]).toEqual({
      station: jiangsu,
      state: 'REPLICATED',
      asOf: '2026-11-21T04:00:00.000Z',
      fault: null,
    });
    state.latest = noon + 15_000;
    expect(freshness.current()[0]).toEqual({
      station: jiangsu,
      state: 'MISSING',
      asOf: '2026-11-21T04:00:00.000Z',
      fault: 'STATION_BEHIND',
    });
  });

  test('never heard of, without a key, or suspended is not fresh, and the own station is not asked about', () => {
    const { beat, states } = setUp([
      withKey(shanghai),
      withKey(jiangsu),
      memberOf(plasmaStation, { keys: [] }),
      withKey('340198B01', suspendedSince()),
    ]);
    beat(plasmaStation, noon);
    expect(states()).toEqual([`${jiangsu} MISSING`, `${plasmaStation} MISSING`]);
  });

  test('is not fresh while the log’s time is not known', () => {
    const { state, beat, states } = setUp();
    beat(jiangsu, noon);
    state.latest = null;
    expect(states()).toEqual([`${jiangsu} MISSING`, `${plasmaStation} MISSING`]);
    state.latest = noon;
    expect(states()).toEqual([`${jiangsu} REPLICATED`, `${plasmaStation} MISSING`]);
  });

  test('is fresh again when the log’s time is known better', () => {
    const { state, beat, states } = setUp();
    beat(jiangsu, noon);
    state.latest = noon + 20_000;
    expect(states()[0]).toBe(`${jiangsu} MISSING`);
    state.latest = noon + 5_000;
    expect(states()[0]).toBe(`${jiangsu} REPLICATED`);
  });

  test('is not fresh from the moment something of it is in doubt', () => {
    const { watermarks, beat, states } = setUp();
    watermarks.heard(jiangsu, 0, { upTo: 3, highest: 3, forkedAt: null });
    beat(jiangsu, noon, 3);
    expect(states()[0]).toBe(`${jiangsu} REPLICATED`);
    watermarks.heard(jiangsu, 0, { upTo: 3, highest: 3, forkedAt: 2 });
    expect(states()[0]).toBe(`${jiangsu} MISSING`);
  });

  test('who joins is seen at once', () => {
    const { state, states } = setUp([withKey(shanghai)]);
    expect(states()).toEqual([]);
    state.directory = directoryOf([withKey(shanghai), withKey(jiangsu)]);
    expect(states()).toEqual([`${jiangsu} MISSING`]);
  });
});

test('seven hundred members cost a check nothing while nothing changes', () => {
  const members = Array.from({ length: 700 }, (_, place) => withKey(`${String(100_000 + place)}B01`));
  const { state, freshness, beat } = setUp(members);
  for (const { code } of members) beat(code, noon);
  const first = freshness.current();
  state.latest = noon + 10_000;
  expect(freshness.current()).toBe(first);
  beat(StationCode.parse('100000B01'), noon + 1);
  const second = freshness.current();
  expect(second).not.toBe(first);
  expect(second[1]).toBe(first[1]);
});
