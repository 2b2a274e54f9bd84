import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { pino } from 'pino';
import { request as http } from 'undici';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { createGateway } from '#gateway/app.ts';
import { parseGatewayConfig } from '#gateway/config.ts';
import { gatewayEnvironment, suspendedSince } from '#test/support/directory.ts';
import { headersFor, issuerEnvironment } from '#test/support/sign-in.ts';
import { ask, createDirectoryFile, deadUrl, memberOf, startStation } from '#test/support/station.ts';

const codes = ['310198B01', '320198B01', '330798P01', '361098P01'] as const;
const [shanghai, jiangsu, zhejiangPlasma, jiangxiPlasma] = codes;

const donor = (number: string) => ({ document: { type: 'PASSPORT', number } });

let directory: Awaited<ReturnType<typeof createDirectoryFile>>;
let gateway: Awaited<ReturnType<typeof createGateway>>;
let gatewayUrl: string;
const stations = new Map<string, Awaited<ReturnType<typeof startStation>>>();

function at(code: string): Awaited<ReturnType<typeof startStation>> {
  const station = stations.get(code);
  if (station === undefined) throw new Error(`no station ${code}`);
  return station;
}

/** The directory as it is, with some members changed. */
async function setMembers(changes: Record<string, Parameters<typeof memberOf>[1]> = {}): Promise<void> {
  const members = codes.map((code) => memberOf(code, { endpoint: at(code).url, ...changes[code] }));
  await directory.write(members);
  const expected = members.filter(({ status }) => status === 'ACTIVE').map(({ endpoint }) => endpoint);
  await vi.waitFor(async () => {
    const query = '{ stations { edges { node { endpoint status } } } }';
    const { data } = await ask(gatewayUrl, query, {}, await headersFor('G01', query));
    const { edges } = data?.['stations'] as { edges: { node: { endpoint: string; status: string } }[] };
    const active = edges.filter(({ node }) => node.status === 'ACTIVE').map(({ node }) => node.endpoint);
    expect(active).toEqual(expected);
  }, 10_000);
}

async function decide(station: string, passport: string, procedure: string, on?: string): Promise<unknown> {
  const query = `query ($donor: DonorRef!, $procedure: Procedure!, $on: Date) {
    eligibility(donor: $donor, procedure: $procedure, on: $on) {
      ... on Decision { verdict eligibleFrom grounds { code } coverage { complete stations { station state fault } } }
      ... on Refused { code }
    }
  }`;
  const answer = await at(station).ask(query, { donor: donor(passport), procedure, on });
  return answer.data?.['eligibility'] ?? answer;
}

interface Passed {
  readonly status: number;
  readonly jwt: string;
  readonly body: string;
}

/** Somebody between the gateway and a station, who passes on what he likes: what is said now, or what was said first. */
async function startBetween(station: string) {
  const asItIs = (answer: Passed): Passed => answer;
  const between: { passing: (answer: Passed, first: Passed) => Passed } = { passing: asItIs };
  let first: Passed | undefined;
  const server = createHttpServer((request, response) => {
    void buffer(request).then(async (body) => {
      const { 'content-type': type = '', 'lookout-forward': forward = '' } = request.headers;
      const headers = { 'content-type': type, 'lookout-forward': String(forward) };
      const answer = await http(new URL('graphql', station), { method: 'POST', headers, body });
      const jwt = String(answer.headers['lookout-answer']);
      const said = { status: answer.statusCode, jwt, body: await answer.body.text() };
      first ??= said;
      const passed = between.passing(said, first);
      response.writeHead(passed.status, { 'lookout-answer': passed.jwt }).end(passed.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(between, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const missing = (station: string, fault: string) => ({
  coverage: { complete: false, stations: expect.arrayContaining([{ station, state: 'MISSING', fault }]) as unknown },
});

beforeAll(async () => {
  directory = await createDirectoryFile(codes.map((code) => memberOf(code)));
  gateway = await createGateway(
    parseGatewayConfig({
      ...directory.environment,
      ...gatewayEnvironment,
      ...(await issuerEnvironment()),
      LOOKOUT_PORT: '0',
      LOOKOUT_STATION_DEADLINE_MS: '600',
    }),
    pino({ level: 'silent' }),
  );
  gatewayUrl = (await gateway.start()).href;
  for (const code of codes) stations.set(code, await startStation({ code, directoryFile: directory.file, gatewayUrl }));
  await setMembers();

  const record = `mutation ($input: RecordDonationInput!) { recordDonation(input: $input) { __typename } }`;
  const report = `mutation ($input: ReportLookoutInput!) { reportLookout(input: $input) { __typename } }`;
  const register = `mutation ($input: RegisterPlasmaDonorInput!) { registerPlasmaDonor(input: $input) { __typename } }`;
  const draw = { procedure: 'WHOLE_BLOOD', collectedAt: '2026-11-01T01:00:00Z', volumeMl: 400, outcome: 'COMPLETE' };
  await at(jiangsu).ask(record, { input: { ...draw, donor: donor('DONATED1'), donationNo: 'D1' } });
  const result = { marker: 'HIV', confirmedOn: '2026-06-01', laboratory: 'x' };
  await at(jiangsu).ask(report, { input: { ...result, donor: donor('BARRED1'), lookoutNo: 'L1' } });
  for (const [code, passports] of [
    [zhejiangPlasma, ['PLASMA1', 'PLASMA2']],
    [jiangxiPlasma, ['PLASMA2']],
  ] as const) {
    for (const passport of passports) {
      const input = { donor: donor(passport), registrationNo: `R-${passport}`, registeredOn: '2026-01-01' };
      await at(code).ask(register, { input });
    }
  }
});

afterAll(async () => {
  for (const station of stations.values()) await station[Symbol.asyncDispose]();
  await gateway.stop();
  await directory[Symbol.asyncDispose]();
});

describe('with everybody there', () => {
  test('a donation in one province defers in the next', async () => {
    expect(await decide(shanghai, 'DONATED1', 'WHOLE_BLOOD')).toMatchObject({
      verdict: 'DEFERRED',
      eligibleFrom: '2027-05-01',
      coverage: {
        complete: true,
        stations: [
          { station: shanghai, state: 'OWN', fault: null },
          { station: jiangsu, state: 'LIVE', fault: null },
          { station: zhejiangPlasma, state: 'LIVE', fault: null },
          { station: jiangxiPlasma, state: 'LIVE', fault: null },
        ],
      },
    });
  });

  test('a lookout in one province refers in the next, and names no cause', async () => {
    const decision = await decide(shanghai, 'BARRED1', 'PLATELETS');
    expect(decision).toMatchObject({ verdict: 'REFER', eligibleFrom: null, grounds: [{ code: 'PHYSICIAN' }] });
    expect(JSON.stringify(decision)).not.toContain('HIV');
  });

  test('a donor nobody knows of is eligible', async () => {
    expect(await decide(shanghai, 'NOBODY1', 'WHOLE_BLOOD')).toMatchObject({ verdict: 'ELIGIBLE' });
  });

  test('a plasma donor has one home: registered twice, neither chair is free', async () => {
    expect(await decide(zhejiangPlasma, 'PLASMA1', 'SOURCE_PLASMA')).toMatchObject({ verdict: 'ELIGIBLE' });
    expect(await decide(jiangxiPlasma, 'PLASMA1', 'SOURCE_PLASMA')).toMatchObject({ verdict: 'REFER' });
    expect(await decide(zhejiangPlasma, 'PLASMA2', 'SOURCE_PLASMA')).toMatchObject({ verdict: 'REFER' });
    expect(await decide(jiangxiPlasma, 'PLASMA2', 'SOURCE_PLASMA')).toMatchObject({ verdict: 'REFER' });
  });

  test('a batch asks each station once and answers each donor on its own', async () => {
    const query = `query ($donors: [DonorRef!]!) { eligibilityBatch(donors: $donors, procedure: WHOLE_BLOOD) { ... on Decision { verdict } } }`;
    const passports = ['NOBODY1', 'BARRED1', 'DONATED1', 'NOBODY1'];
    expect(await at(shanghai).ask(query, { donors: passports.map(donor) })).toEqual({
      data: { eligibilityBatch: ['ELIGIBLE', 'REFER', 'DEFERRED', 'ELIGIBLE'].map((verdict) => ({ verdict })) },
    });
  });

  test('the gateway merges what all of them answer for themselves', async () => {
    const query = `{ station(code: "${jiangsu}") { nameEn province kind version ready } nobody: station(code: "990198B01") { code } }`;
    expect(await ask(gatewayUrl, query, {}, await headersFor('G01', query))).toEqual({
      data: {
        station: { nameEn: 'Example 320198B01', province: '32', kind: 'BLOOD', version: '0.1.0', ready: true },
        nobody: null,
      },
    });
  });
});

describe('with one station that does not answer', () => {
  const unknownThere = async (fault: string): Promise<void> => {
    const unknown = await decide(shanghai, 'NOBODY1', 'WHOLE_BLOOD');
    expect(unknown).toMatchObject({ verdict: 'INDETERMINATE', eligibleFrom: null, ...missing(jiangxiPlasma, fault) });
    expect(await decide(shanghai, 'DONATED1', 'WHOLE_BLOOD')).toMatchObject({
      verdict: 'DEFERRED',
      eligibleFrom: '2027-05-01',
      grounds: [{ code: 'INTERVAL' }, { code: 'COVERAGE' }],
      ...missing(jiangxiPlasma, fault),
    });
    expect(await decide(shanghai, 'BARRED1', 'WHOLE_BLOOD')).toMatchObject({ verdict: 'REFER' });
  };

  test('because its process is gone, nobody is eligible and what is known is still said', async () => {
    await setMembers({ [jiangxiPlasma]: { endpoint: deadUrl } });
    await unknownThere('STATION_UNREACHABLE');
    await setMembers();
    expect(await decide(shanghai, 'NOBODY1', 'WHOLE_BLOOD')).toMatchObject({ verdict: 'ELIGIBLE' });
  });

  test('because it hangs, the answer comes when its time is over', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await setMembers({ [jiangxiPlasma]: { endpoint: `http://127.0.0.1:${port}` } });
    await unknownThere('STATION_TIMEOUT');
    await setMembers();
    silent.close();
  });

  test('because another is at its address, which refuses what is not for it', async () => {
    await setMembers({ [jiangxiPlasma]: { endpoint: at(jiangsu).url } });
    await unknownThere('STATION_REFUSED');
    await setMembers();
  });

  test('because what it said is changed on its way, or was said before to another question', async () => {
    await using between = await startBetween(at(jiangxiPlasma).url);
    await setMembers({ [jiangxiPlasma]: { endpoint: between.url } });
    expect(await decide(shanghai, 'NOBODY1', 'WHOLE_BLOOD')).toMatchObject({ verdict: 'ELIGIBLE' });
    between.passing = ({ body, ...answer }) => ({ ...answer, body: body.replace('"bars":[]', '"bars": []') });
    await unknownThere('STATION_NOT_PROVED');
    between.passing = (_, first) => first;
    await unknownThere('STATION_NOT_PROVED');
    await setMembers();
  });

  test('because its first import is not done, nothing it holds so far passes for all of it', async () => {
    await using loading = await startStation({
      code: jiangxiPlasma,
      directoryFile: directory.file,
      gatewayUrl,
      environment: { LOOKOUT_AWAIT_IMPORT: `${directory.file}.imported` },
    });
    await setMembers({ [jiangxiPlasma]: { endpoint: loading.url } });
    await unknownThere('STATION_FAILED');
    await setMembers();
  });

  test('because it is suspended, it is not missed', async () => {
    await setMembers({ [jiangxiPlasma]: suspendedSince() });
    await expect
      .poll(() => decide(shanghai, 'NOBODY1', 'WHOLE_BLOOD'))
      .toMatchObject({ verdict: 'ELIGIBLE', coverage: { stations: [{}, {}, {}] } });
    await setMembers();
  });
});

test('without a gateway every other station is missing, by name, and own records still count', async () => {
  await using alone = await startStation({ code: jiangsu, directoryFile: directory.file });
  const query = `query ($donor: DonorRef!) { eligibility(donor: $donor, procedure: WHOLE_BLOOD) { ... on Decision { verdict coverage { stations { station state fault } } } } }`;
  const { data } = await alone.ask(query, { donor: donor('NOBODY1') });
  expect(data?.['eligibility']).toEqual({
    verdict: 'INDETERMINATE',
    coverage: {
      stations: [
        { station: jiangsu, state: 'OWN', fault: null },
        ...[shanghai, zhejiangPlasma, jiangxiPlasma].map((station) => ({
          station,
          state: 'MISSING',
          fault: 'GATEWAY_UNREACHABLE',
        })),
      ],
    },
  });
});
