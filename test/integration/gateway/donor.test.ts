import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { suspendedSince } from '#test/support/directory.ts';

import { startGateway } from './gateway.ts';
import type { TestGateway } from './gateway.ts';
import { hostileAboutDonors, hostileAlways } from './hostile.ts';
import { bar, donation, honest, memberAt, say, startStandIn } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';

const token = 'A'.repeat(43);
const other = `${'A'.repeat(42)}E`;
const fields = `token
  donations { station procedure collectedOn volumeMl outcome } bars { station since until } registrations { station since until }
  coverage { complete stations { station state fault asOf } }`;
const one = `query ($token: DonorToken!, $except: [StationCode!]) { donor(token: $token, except: $except) { ${fields} } }`;
const many = `query ($tokens: [DonorToken!]!) { donors(tokens: $tokens) { ${fields} } }`;

const shanghai = '310198B01';
const jiangsu = '320198B01';
const plasma = '330798P01';

const live = (station: string) => ({ station, state: 'LIVE', fault: null, asOf: expect.any(String) as string });
const missing = (station: string, fault: string) => ({ station, state: 'MISSING', fault, asOf: null });
const drawnAt = (station: string) => ({ station, ...donation });

describe('a donor', () => {
  let first: StandIn, second: StandIn, third: StandIn, gateway: TestGateway;

  beforeAll(async () => {
    [first, second, third] = await Promise.all([startStandIn(shanghai), startStandIn(jiangsu), startStandIn(plasma)]);
    gateway = await startGateway([first.member, second.member, third.member]);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    for (const station of [first, second, third]) await station[Symbol.asyncDispose]();
  });

  test('is what all stations hold, each fact with its station, and a complete coverage', async () => {
    const before = Date.now();
    const { data, errors } = await gateway.ask(one, { token });
    expect(errors).toBeUndefined();
    expect(data?.['donor']).toEqual({
      token,
      donations: [shanghai, jiangsu, plasma].map(drawnAt),
      bars: [shanghai, jiangsu, plasma].map((station) => ({ station, ...bar })),
      registrations: [],
      coverage: { complete: true, stations: [shanghai, jiangsu, plasma].map(live) },
    });
    const asOf = JSON.stringify(data).match(/"asOf":"([^"]+)"/)?.[1] ?? '';
    expect(Date.parse(asOf)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.now());
  });

  test('is not asked about at the stations that are excepted', async () => {
    const asked = first.asked.length;
    const { data } = await gateway.ask(one, { token, except: [shanghai] });
    expect(data?.['donor']).toMatchObject({
      donations: [drawnAt(jiangsu), drawnAt(plasma)],
      coverage: { complete: true, stations: [live(jiangsu), live(plasma)] },
    });
    expect(first.asked.length).toBe(asked);
  });

  test('is one of many in one question a station, in the order asked', async () => {
    const asked = second.asked.length;
    const { data } = await gateway.ask(many, { tokens: [token, other, token] });
    const donors = data?.['donors'] as { token: string; donations: unknown[] }[];
    expect(donors.map((donor) => donor.token)).toEqual([token, other, token]);
    expect(donors.map((donor) => donor.donations.length)).toEqual([3, 3, 3]);
    expect(second.asked.length).toBe(asked + 1);
  });

  test('is asked about with the same text always', async () => {
    await gateway.ask(one, { token });
    await gateway.ask(many, { tokens: [other] });
    expect(new Set(first.asked.map(({ query }) => query)).size).toBe(1);
  });

  test('is refused when the token is none', async () => {
    const { data, errors } = await gateway.ask(one, { token: 'short' });
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.extensions['code']).toBe('BAD_VARIABLES');
  });

  test('is refused in batches of more than a thousand', async () => {
    const { errors } = await gateway.ask(many, { tokens: Array.from({ length: 1001 }, () => token) });
    expect(errors?.[0]?.extensions['code']).toBe('BATCH_TOO_LARGE');
  });

  test('is asked about of a thousand at once', async () => {
    const { data, errors } = await gateway.ask(many, { tokens: Array.from({ length: 1000 }, () => token) });
    expect(errors).toBeUndefined();
    expect(data?.['donors']).toHaveLength(1000);
  });

  test.for([...hostileAlways, ...hostileAboutDonors])(
    'is answered without a station that $what, which is named with $fault',
    async ({ behaviour, fault }) => {
      second.behaviour = behaviour;
      const { data, errors } = await gateway.ask(one, { token });
      second.behaviour = honest;
      expect(errors).toBeUndefined();
      expect(data?.['donor']).toMatchObject({
        donations: [drawnAt(shanghai), drawnAt(plasma)],
        coverage: { complete: false, stations: [live(shanghai), missing(jiangsu, fault), live(plasma)] },
      });
      const after = await gateway.ask(one, { token });
      expect(after.data?.['donor']).toMatchObject({ coverage: { complete: true } });
    },
  );

  test('is answered without a station that answers in another order', async () => {
    second.behaviour = (response, { variables }, code) => {
      const tokens = (variables['tokens'] as string[]).toReversed();
      const donors = tokens.map((one) => ({ token: one, donations: [donation], bars: [], registrations: [] }));
      say(response, { data: { _stations: [{ code, donors }] } });
    };
    const { data } = await gateway.ask(many, { tokens: [token, other] });
    second.behaviour = honest;
    expect(data?.['donors']).toMatchObject([
      { coverage: { stations: [live(shanghai), missing(jiangsu, 'STATION_BAD_ANSWER'), live(plasma)] } },
      { donations: [drawnAt(shanghai), drawnAt(plasma)] },
    ]);
  });

  test('never shows in the log, whatever went wrong', () => {
    expect(gateway.log.length).toBeGreaterThan(0);
    expect(JSON.stringify(gateway.log)).not.toMatch(/A{20}|B{20}/);
  });
});

describe('a federation in trouble', () => {
  test('answers within the deadline of one station when several are dead, hung or suspended', async () => {
    await using good = await startStandIn(shanghai);
    await using hung = await startStandIn(jiangsu, () => undefined);
    await using suspended = await startStandIn(plasma);
    const dead = memberAt('340198B01', 'http://127.0.0.1:9');
    const members = [good.member, hung.member, dead, { ...suspended.member, ...suspendedSince() }];
    await using gateway = await startGateway(members, { deadlineMs: 400 });

    const began = performance.now();
    const { data } = await gateway.ask(one, { token });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(data?.['donor']).toMatchObject({
      donations: [drawnAt(shanghai)],
      coverage: {
        complete: false,
        stations: [live(shanghai), missing(jiangsu, 'STATION_TIMEOUT'), missing('340198B01', 'STATION_UNREACHABLE')],
      },
    });
    expect(suspended.asked).toHaveLength(0);
  });

  test('notes once when a station stops answering and once when it answers again', async () => {
    await using station = await startStandIn(shanghai, () => undefined);
    await using gateway = await startGateway([station.member], { deadlineMs: 100 });
    await gateway.ask(one, { token });
    await gateway.ask(one, { token });
    station.behaviour = honest;
    await gateway.ask(one, { token });
    await gateway.ask(one, { token });
    const notes = gateway.log.filter((line) => line['station'] === shanghai).map((line) => line['msg']);
    expect(notes).toEqual(['station does not answer', 'station answers again']);
  });
});
