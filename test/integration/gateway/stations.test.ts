import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { suspendedSince } from '#test/support/directory.ts';

import { startGateway } from './gateway.ts';
import type { TestGateway } from './gateway.ts';
import { hostileAboutItself, hostileAlways } from './hostile.ts';
import { honest, memberAt, say, startStandIn } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';

const shanghai = '310198B01';
const jiangsu = '320198B01';
const plasma = '330798P01';
const page = '{ stations { edges { node { code nameEn version ready replication { lag members } } } } }';

const said = { version: '1.2.3', ready: true, replication: { lag: 0, members: 3 } };
const nothing = { version: null, ready: null, replication: null };
const nodesOf = (data: unknown) =>
  (data as { stations: { edges: { node: unknown }[] } }).stations.edges.map(({ node }) => node);
const nodeOf = (code: string, fields: object) => ({ code, nameEn: `${code} Example Station`, ...fields });

describe('stations', () => {
  let first: StandIn, second: StandIn, third: StandIn, gateway: TestGateway;

  beforeAll(async () => {
    [first, second, third] = await Promise.all([startStandIn(shanghai), startStandIn(jiangsu), startStandIn(plasma)]);
    gateway = await startGateway([third.member, first.member, second.member]);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    for (const station of [first, second, third]) await station[Symbol.asyncDispose]();
  });

  test('are merged from the directory and from what each says of itself, with one question a station', async () => {
    const asked = [first, second, third].map((station) => station.asked.length);
    const { data, errors } = await gateway.ask(page);
    expect(errors).toBeUndefined();
    expect(nodesOf(data)).toEqual([shanghai, jiangsu, plasma].map((code) => nodeOf(code, said)));
    expect([first, second, third].map((station) => station.asked.length)).toEqual(asked.map((count) => count + 1));
    expect(first.asked.at(-1)?.variables['codes']).toEqual([shanghai]);
  });

  test('are not asked for what the directory knows', async () => {
    const asked = first.asked.length;
    const { data } = await gateway.ask('{ station(code: "310198B01") { code kind province nameZh endpoint status } }');
    expect(data?.['station']).toEqual({
      code: shanghai,
      kind: 'BLOOD',
      province: '31',
      nameZh: '310198B01 示例站',
      endpoint: first.member.endpoint,
      status: 'ACTIVE',
    });
    expect(first.asked.length).toBe(asked);
  });

  test('are the same through aliases and fragments', async () => {
    const query = `{ s: station(code: "310198B01") { ...Own again: version } }
      fragment Own on Station { v: version ... on Station { r: replication { ...Standing } } }
      fragment Standing on Replication { l: lag }`;
    first.behaviour = (response) => {
      const item = { __typename: 'Station', v: '1', again: '1', r: { __typename: 'Replication', l: 7 } };
      say(response, { data: { _stations: [{ ...item, _answeredBy: shanghai }] } });
    };
    const { data, errors } = await gateway.ask(query);
    expect(errors).toBeUndefined();
    expect(data?.['s']).toEqual({ v: '1', again: '1', r: { l: 7 } });
    first.behaviour = () => undefined;
    const silent = await gateway.ask(query);
    first.behaviour = honest;
    expect(silent.data?.['s']).toEqual({ v: null, again: null, r: null });
    expect(silent.errors).toHaveLength(1);
  });

  test('that no directory knows are null and no error', async () => {
    expect(await gateway.ask('{ station(code: "999999B99") { code version } }')).toEqual({ data: { station: null } });
  });

  test('come in pages that go on where the last one ended', async () => {
    const query = `query ($after: String) { stations(first: 2, after: $after) {
      totalCount edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const { data } = await gateway.ask(query);
    expect(nodesOf(data)).toEqual([{ code: shanghai }, { code: jiangsu }]);
    expect(data?.['stations']).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const { endCursor } = (data?.['stations'] as { pageInfo: { endCursor: string } }).pageInfo;
    const next = await gateway.ask(query, { after: endCursor });
    expect(nodesOf(next.data)).toEqual([{ code: plasma }]);
    expect(next.data?.['stations']).toMatchObject({ pageInfo: { hasNextPage: false, hasPreviousPage: true } });
  });

  test('can be chosen by province and kind', async () => {
    const { data } = await gateway.ask('{ stations(kind: PLASMA, province: "33") { edges { node { code } } } }');
    expect(nodesOf(data)).toEqual([{ code: plasma }]);
    const none = await gateway.ask('{ stations(kind: BLOOD, province: "33") { edges { node { code } } } }');
    expect(nodesOf(none.data)).toEqual([]);
  });

  test.for(['first: 101', 'first: -1', 'after: "nonsense"'])('refuse a page of %s', async (bounds) => {
    const { errors } = await gateway.ask(`{ stations(${bounds}) { totalCount } }`);
    expect(errors?.[0]?.extensions['code']).toBe('BAD_INPUT');
  });

  test.for([...hostileAlways, ...hostileAboutItself])(
    'are answered without what one $what, which is one error with $fault',
    async ({ behaviour, fault }) => {
      second.behaviour = behaviour;
      const { data, errors } = await gateway.ask(page);
      second.behaviour = honest;
      // Otherwise it would be left alone after the fifth.
      expect((await gateway.ask(page)).errors).toBeUndefined();
      expect(nodesOf(data)).toEqual([nodeOf(shanghai, said), nodeOf(jiangsu, nothing), nodeOf(plasma, said)]);
      expect(errors).toEqual([
        {
          message: expect.any(String) as string,
          path: ['stations', 'edges', 1, 'node', 'version'],
          extensions: {
            code: fault,
            station: jiangsu,
            retryable: fault !== 'STATION_BAD_ANSWER',
            requestId: expect.any(String) as string,
          },
        },
      ]);
      expect(JSON.stringify(errors)).not.toContain('secret');
    },
  );

  test.for([
    '{ _stations(codes: ["310198B01"]) { code } }',
    '{ donations(first: 1) { edges { cursor } } }',
    '{ lookouts(first: 1) { edges { cursor } } }',
    '{ eligibility(donor: {token: "x"}, procedure: PLATELETS) { __typename } }',
    'mutation { clearLookout(input: {lookoutNo: "1"}) { __typename } }',
    '{ __schema { queryType { name } } }',
  ])('do not answer %s through the gateway', async (query) => {
    const asked = first.asked.length;
    const { data, errors } = await gateway.ask(query);
    expect(data ?? null).toBeNull();
    expect(errors?.length).toBeGreaterThan(0);
    expect(first.asked.length).toBe(asked);
  });
});

test('a suspended station keeps its place in the directory and is asked nothing', async () => {
  await using station = await startStandIn(shanghai);
  await using gateway = await startGateway([{ ...station.member, ...suspendedSince() }]);
  const { data, errors } = await gateway.ask('{ station(code: "310198B01") { status version } }');
  expect(data?.['station']).toEqual({ status: 'SUSPENDED', version: null });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'STATION_SUSPENDED', station: shanghai, retryable: false });
  expect(station.asked).toHaveLength(0);
});

test('the gateway is ready once every active station was, and stays so when one fails', async () => {
  await using first = await startStandIn(shanghai);
  await using second = await startStandIn(jiangsu);
  second.readiness = 503;
  const suspended = { ...memberAt(plasma, 'http://127.0.0.1:9'), ...suspendedSince() };
  await using gateway = await startGateway([first.member, second.member, suspended]);

  await expect
    .poll(() => gateway.get('/readyz?verbose'))
    .toMatchObject({
      status: 503,
      text: expect.stringMatching(
        /\[\+\] station 310198B01 ok\n\[-\] station 320198B01 failed: not ready yet/,
      ) as string,
    });
  second.readiness = 200;
  await expect.poll(() => gateway.get('/readyz'), { timeout: 5_000 }).toMatchObject({ status: 200 });
  second.readiness = 503;
  expect((await gateway.get('/readyz')).status).toBe(200);
});
