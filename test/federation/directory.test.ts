/** What a new directory changes at stations that run: a member that is suspended and comes back, and a directory that grows old. */
import { request } from 'undici';
import { afterEach, expect, test, vi } from 'vitest';

import { suspendedSince } from '#test/support/directory.ts';
import {
  answerOf,
  at,
  codes,
  donor,
  eligibility,
  endAll,
  jiangsu,
  plasma,
  query,
  record,
  shanghai,
  startFederation,
  untilDeferred,
  untilFresh,
} from '#test/support/federation.ts';

afterEach(endAll);

/** The stations that a check at Shanghai rests on, or misses. */
const statesAtShanghai = async () => {
  const { coverage } = await eligibility(at(shanghai), 'NOBODY1');
  return new Map(coverage.stations.map(({ station, state, fault }) => [station, fault ?? state]));
};

/** Waits until Shanghai has applied so many events of Jiangsu. */
const isApplied = (events: number) =>
  vi.waitFor(async () => {
    const [counted] = await query<{ count: number }>(
      at(shanghai).databaseUrl,
      'SELECT count(*)::int AS count FROM event WHERE origin = $1',
      [jiangsu],
    );
    expect(counted?.count).toBe(events);
  }, 20_000);

const lookoutNo = 'L1';
const lookout = { lookoutNo, marker: 'HIV', confirmedOn: '2026-11-01', laboratory: 'Laboratory' };

const clearAt = async (code: string) => {
  const answer = await at(code).ask(
    'mutation ($input: ClearLookoutInput!) { clearLookout(input: $input) { __typename ... on Refused { code } } }',
    { input: { lookoutNo } },
  );
  return answer.data?.['clearLookout'];
};

test('what a member says under suspension counts for nobody, what it said before stays, and it comes back', async () => {
  const federation = await startFederation();
  await untilFresh(at(shanghai), at(jiangsu));
  await record(at(jiangsu), 'DONOR01', 'D1');
  await answerOf(at(jiangsu), 'report', { input: { ...lookout, donor: donor('DONOR05') } });
  await untilDeferred('DONOR01');
  await isApplied(2);

  const since = new Date().toISOString();
  await federation.publish({ [jiangsu]: suspendedSince(since) });
  await vi.waitFor(async () => {
    expect([...(await statesAtShanghai()).keys()]).not.toContain(jiangsu);
  }, 10_000);
  // Its own desk sees what everybody told, admits nobody, and says what it knows to be in the way.
  await vi.waitFor(async () => {
    expect(await eligibility(at(jiangsu), 'NOBODY1')).toMatchObject({ verdict: 'INDETERMINATE' });
  }, 10_000);
  const { coverage } = await eligibility(at(jiangsu), 'NOBODY1');
  expect(coverage.stations.map(({ station, state, fault }) => `${station} ${fault ?? state}`)).toEqual([
    `${jiangsu} STATION_SUSPENDED`,
    `${shanghai} REPLICATED`,
    `${plasma} REPLICATED`,
  ]);
  expect(await eligibility(at(jiangsu), 'DONOR01')).toMatchObject({ verdict: 'DEFERRED' });
  const chair = { donor: donor('NOBODY1'), procedure: 'WHOLE_BLOOD' };
  expect(await answerOf(at(jiangsu), 'request', chair)).toMatchObject({
    ...{ notAvailable: 'STATION_SUSPENDED', retryable: false },
  });
  // What it records all the same is not lost, and counts for nobody.
  expect(await record(at(jiangsu), 'DONOR02', 'D2')).toMatchObject({ __typename: 'Donation' });
  expect(await clearAt(jiangsu)).toEqual({ __typename: 'Lookout' });
  await isApplied(4);
  expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({ verdict: 'ELIGIBLE' });
  expect(await eligibility(at(shanghai), 'DONOR01')).toMatchObject({ verdict: 'DEFERRED' });

  const until = new Date().toISOString();
  await federation.publish({ [jiangsu]: { suspensions: [{ since, until }] } });
  await vi.waitFor(async () => {
    expect((await statesAtShanghai()).get(jiangsu)).toBe('REPLICATED');
  }, 10_000);
  await record(at(jiangsu), 'DONOR03', 'D3');
  await untilDeferred('DONOR03');
  // What it lifted under suspension is lifted for nobody: not in the copies of others, not at its own desk.
  for (const code of [shanghai, jiangsu]) {
    expect(await eligibility(at(code), 'DONOR05')).toMatchObject({ verdict: 'REFER' });
  }
  expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({ verdict: 'ELIGIBLE' });
});

test('a suspended member is answered nothing by anybody, and again once it is back', async () => {
  // Nobody's copy is ever fresh, so that every check asks the others live.
  const federation = await startFederation({ heartbeatMs: 60_000, freshMs: 500 });
  const heardAt = async (code: string) => {
    const { verdict, coverage } = await eligibility(at(code), 'NOBODY1');
    return [verdict, ...coverage.stations.map(({ station, state }) => `${station} ${state}`)];
  };
  const all = (own: string) => [
    'ELIGIBLE',
    ...[own, ...codes.filter((code) => code !== own)].map((code) => `${code} ${code === own ? 'OWN' : 'LIVE'}`),
  ];
  const becomes = (code: string, expected: readonly string[]) =>
    vi.waitFor(async () => {
      expect((await heardAt(code)).toSorted()).toEqual(expected.toSorted());
    }, 15_000);
  await becomes(jiangsu, all(jiangsu));

  await federation.publish({ [jiangsu]: suspendedSince('2026-11-21T03:00:00.000Z') });
  await becomes(jiangsu, ['INDETERMINATE', `${jiangsu} MISSING`, `${shanghai} MISSING`, `${plasma} MISSING`]);
  await becomes(shanghai, ['ELIGIBLE', `${shanghai} OWN`, `${plasma} LIVE`]);
  await federation.publish();
  await becomes(jiangsu, all(jiangsu));
});

test('a directory past its soft expiry lifts no bar; past its hard expiry nobody is believed; a newer one mends both', async () => {
  const federation = await startFederation();
  await untilFresh(at(shanghai));
  await answerOf(at(shanghai), 'report', { input: { ...lookout, donor: donor('DONOR01') } });
  const readiness = async () => {
    const { statusCode, body } = await request(new URL('readyz?verbose', at(shanghai).url));
    return `${statusCode} ${await body.text()}`;
  };

  await federation.publish({}, { softUntil: '2026-11-20T00:00:00.000Z' });
  await expect.poll(readiness, { timeout: 10_000 }).toMatch(/^200[^]*soft expiry/);
  expect(await clearAt(shanghai)).toEqual({ __typename: 'Refused', code: 'DIRECTORY_EXPIRED' });
  expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({ verdict: 'ELIGIBLE' });

  const past = { softUntil: '2026-11-20T00:00:00.000Z', hardUntil: '2026-11-21T00:00:00.000Z' };
  await federation.publish({}, past);
  await expect.poll(readiness, { timeout: 10_000 }).toMatch(/^503[^]*hard expiry/);
  expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({ verdict: 'INDETERMINATE' });
  expect([...(await statesAtShanghai()).values()]).toEqual(Array(3).fill('DIRECTORY_EXPIRED'));
  const permit = { donor: donor('DONOR02'), procedure: 'WHOLE_BLOOD' };
  expect(await answerOf(at(shanghai), 'request', permit)).toMatchObject({ notAvailable: 'DIRECTORY_EXPIRED' });

  await federation.publish();
  await expect.poll(readiness, { timeout: 10_000 }).toMatch(/^200/);
  expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({ verdict: 'ELIGIBLE' });
  expect(await clearAt(shanghai)).toEqual({ __typename: 'Lookout' });
});
