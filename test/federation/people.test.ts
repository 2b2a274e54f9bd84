/** People and systems at the door of a station, and what each of them is told: over HTTP, with real tokens. */
import fc from 'fast-check';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CaseNumber, Pseudonym, Purpose, Role } from '#schema/caller.ts';
import { StationCode } from '#schema/ids.ts';
import { stationOperations } from '#schema/operations.ts';
import { mayAskAtStation } from '#test/support/disclosure-rules.ts';
import {
  at,
  donor,
  endAll,
  jiangsu,
  plasma,
  query,
  shanghai,
  startFederation,
  untilFresh,
} from '#test/support/federation.ts';
import { signedHeaders } from '#test/support/sign-in.ts';
import { systemHeaders } from '#test/support/system.ts';

beforeAll(async () => {
  await startFederation();
  const report = `mutation ($input: ReportLookoutInput!) { reportLookout(input: $input) { __typename } }`;
  for (const [number, marker] of [
    ['HBV0001', 'HBV'],
    ['HIV0001', 'HIV'],
  ] as const) {
    const input = { donor: donor(number), lookoutNo: number, marker, confirmedOn: '2026-11-02', laboratory: 'one' };
    expect(await at(jiangsu).ask(report, { input })).toMatchObject({
      data: { reportLookout: { __typename: 'Lookout' } },
    });
  }
  await untilFresh(at(shanghai), at(plasma));
});
afterAll(endAll);

const marker = `query ($donor: DonorRef!) { marker(donor: $donor) {
  ... on DonorMarkers { markers { station marker confirmedOn } coverage { complete stations { station state fault } } }
  ... on Refused { code }
} }`;

test('a regulator who asks about one person is refused, and that is written down', async () => {
  const asker = { as: 'REGULATOR', purpose: 'STATISTICS' } as const;
  const variables = { donor: { document: { type: 'PASSPORT', number: 'HBV0001' } }, procedure: 'WHOLE_BLOOD' };
  expect(await at(shanghai).ask(stationOperations.Check.document, variables, asker)).toMatchObject({
    errors: [
      { message: 'Query.eligibility may not be asked as REGULATOR for STATISTICS.', extensions: { code: 'FORBIDDEN' } },
    ],
  });
  const text = `SELECT payload FROM audit_entry WHERE payload LIKE '%"REGULATOR"%'`;
  await expect
    .poll(async () => (await query<{ payload: string }>(at(shanghai).databaseUrl, text)).length)
    .toBeGreaterThan(0);
  const [row] = await query<{ payload: string }>(at(shanghai).databaseUrl, text);
  expect(JSON.parse(row?.payload ?? '')).toMatchObject({
    kind: 'REFUSED',
    code: 'FORBIDDEN',
    field: 'Query.eligibility',
  });
});

describe('a physician', () => {
  test('with a case sees what stands behind a bar of another station, live from there', async () => {
    const { data } = await at(shanghai).ask(
      marker,
      { donor: donor('HBV0001') },
      { as: 'PHYSICIAN', purpose: 'CARE', case: 'C-7' },
    );
    expect(data).toMatchObject({
      marker: {
        markers: [{ station: jiangsu, marker: 'HBV', confirmedOn: '2026-11-02' }],
        coverage: { complete: true },
      },
    });
    const { coverage } = data?.['marker'] as { coverage: { stations: { station: string; state: string }[] } };
    expect(new Map(coverage.stations.map(({ station, state }) => [station, state]))).toEqual(
      new Map([
        [shanghai, 'OWN'],
        [jiangsu, 'LIVE'],
        [plasma, 'REPLICATED'],
      ]),
    );
  });

  test('leaves an entry at both ends, with role, purpose and case', async () => {
    const entries = async (code: string) => {
      const rows = await query<{ payload: string }>(
        at(code).databaseUrl,
        'SELECT payload FROM audit_entry ORDER BY seq',
      );
      return rows.map(({ payload }) => JSON.parse(payload) as object);
    };
    const left = (all: readonly object[], field: string) =>
      all.filter((entry) => 'field' in entry && entry.field === field);
    const caller = { role: 'PHYSICIAN', purpose: 'CARE', case: 'C-7' };
    expect(left(await entries(shanghai), 'Query.marker')).toMatchObject([{ caller: { ...caller, from: 'OWN' } }]);
    expect(left(await entries(jiangsu), 'Station.markers')).toMatchObject([
      { caller: { ...caller, from: 'MEMBER', member: shanghai } },
    ]);
  });

  test('without a case, and anybody else with one, sees nothing', async () => {
    const [token, headers] = [donor('HBV0001'), { 'content-type': 'application/json' }];
    const body = JSON.stringify({ query: marker, variables: { donor: token } });
    const ask = async (signedIn: Record<string, string>) =>
      (
        await request(new URL('graphql', at(shanghai).url), {
          method: 'POST',
          headers: { ...headers, ...signedIn },
          body,
        })
      ).statusCode;
    const care = { role: 'PHYSICIAN', purpose: 'CARE' } as const;
    expect(await ask(await signedHeaders(shanghai, { ...care, case: 'C-7' }))).toBe(200);
    expect(await ask(await signedHeaders(shanghai, care))).toBe(403);
    expect(await ask(await signedHeaders(shanghai, { ...care, purpose: null, case: 'C-7' }))).toBe(403);
    for (const role of Role.options.filter((one) => !['PHYSICIAN', 'SYSTEM', 'NODE'].includes(one))) {
      expect(await ask(await signedHeaders(shanghai, { role, purpose: 'CARE', case: 'C-7' }))).toBe(403);
    }
    expect(await ask({ ...(await systemHeaders(at(shanghai).url, shanghai, 'CARE')), 'lookout-case': 'C-7' })).toBe(
      403,
    );
  });
});

/** An answer as it came, without what is new in each: times and the receipt's own signature. */
async function check(number: string): Promise<{ body: string; ms: number }> {
  const signedIn = await signedHeaders(plasma, { role: 'DESK', purpose: 'DONATION' });
  const variables = { donor: donor(number), procedure: 'SOURCE_PLASMA' };
  const began = performance.now();
  const { body } = await request(new URL('graphql', at(plasma).url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signedIn },
    body: JSON.stringify({ query: stationOperations.Check.document, variables }),
  });
  const text = await body.text();
  return { body: text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time'), ms: performance.now() - began };
}

test('a desk is told the same, byte for byte and in the same time, of two markers and of a donor who has no home there', async () => {
  const numbers = ['HBV0001', 'HIV0001', 'NOHOME1'];
  const waits = new Map<string, number[]>(numbers.map((number) => [number, []]));
  const bodies = new Set<string>();
  for (let round = 0; round < 60; round += 1) {
    for (const number of numbers) {
      const { body, ms } = await check(number);
      bodies.add(body);
      if (round >= 10) waits.get(number)?.push(ms);
    }
  }
  expect(bodies.size).toBe(1);
  expect([...bodies][0]).toContain('"REFER"');
  const medians = [...waits.values()].map((all) => all.toSorted((one, other) => one - other)[25] ?? 0);
  expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.5);
});

const token = '"qZ1v0mJ8w3T2yXkL5nB7cD9eF4gH6iA0sRtUvWxYz0w"';
const who = `donor: { token: ${token} }`;
/** A question for each field; none of them changes anything. */
const questions: Record<string, string> = {
  'Query.eligibility': `{ eligibility(${who}, procedure: WHOLE_BLOOD) { __typename } }`,
  'Query.eligibilityBatch': `{ eligibilityBatch(donors: [], procedure: WHOLE_BLOOD) { __typename } }`,
  'Query.schedule': `{ schedule(${who}) { __typename } }`,
  'Query.holding': `{ holding(${who}) { __typename } }`,
  'Query.marker': `{ marker(${who}) { __typename } }`,
  'Query.donations': '{ donations(first: 1) { __typename } }',
  'Query.lookouts': '{ lookouts(first: 1) { __typename } }',
  'Query.permits': '{ permits(first: 1) { __typename } }',
  'Query.releaseCheck': '{ releaseCheck(donationNo: "none") { __typename } }',
  'Query.conflict': '{ conflict(id: "none") { __typename } }',
  'Query.conflicts': '{ conflicts(first: 1) { __typename } }',
  'Query.auditEntries': '{ auditEntries(first: 1) { __typename } }',
  'Station.markers': `{ self { markers(tokens: [${token}]) } }`,
  'Station.donors': `{ self { donors(tokens: [${token}]) { token } } }`,
  'Station.version': '{ self { version } }',
  'Mutation.clearLookout': 'mutation { clearLookout(input: { lookoutNo: "none" }) { __typename } }',
  'Mutation.releasePlasmaDonor': 'mutation { releasePlasmaDonor(input: { registrationNo: "none" }) { __typename } }',
  'Mutation.releasePermit': 'mutation { releasePermit(id: "00000000-0000-7000-8000-000000000000") { __typename } }',
  'Mutation.resolveConflict': 'mutation { resolveConflict(id: "none", resolvedBy: "a", reason: "b") { __typename } }',
};
const people = Role.options.filter((role) => role !== 'SYSTEM' && role !== 'NODE');

test('over HTTP nobody is answered but whom the rules of the roles name', async () => {
  const places = [
    [shanghai, 'BLOOD'],
    [plasma, 'PLASMA'],
  ] as const;
  const asked = fc.tuple(
    fc.constantFrom(...Object.keys(questions)),
    fc.constantFrom(...people),
    fc.option(fc.constantFrom(...Purpose.options), { freq: 12 }),
    fc.option(fc.constant('C-1')),
    fc.constantFrom(...places),
  );
  await fc.assert(
    fc.asyncProperty(asked, async ([field, role, purpose, number, [code, kind]]) => {
      const { body } = await request(new URL('graphql', at(code).url), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(await signedHeaders(code, { role, purpose, case: number ?? undefined })),
        },
        body: JSON.stringify({ query: questions[field] }),
      });
      const caller = {
        from: 'OWN',
        member: StationCode.parse(code),
        role,
        subject: Pseudonym.parse('somebody'),
        purpose,
        case: number === null ? null : CaseNumber.parse(number),
        rights: [],
      } as const;
      expect((await body.text()).includes('"FORBIDDEN"')).toBe(!mayAskAtStation(field, caller, kind));
    }),
    { numRuns: 300 },
  );
}, 120_000);
