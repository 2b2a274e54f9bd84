/** A federation in production answers the documents of the project, whoever asks, and others only to who has the right. */
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Purpose, Role } from '#schema/caller.ts';
import { callerHeaders } from '#schema/exchange.ts';
import { gatewayOperations, stationOperations } from '#schema/operations.ts';
import { at, codes, donor, endAll, shanghai, startFederation } from '#test/support/federation.ts';
import type { Federation } from '#test/support/federation.ts';
import { testIssuer } from '#test/support/sign-in.ts';
import { ask } from '#test/support/station.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(endAll);

/** The headers of somebody who may, with these rights besides. */
async function signedIn(audience: string, role: Role, purpose: Purpose, rights: readonly string[] = []) {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const token = await (await testIssuer()).sign({ sub: 'somebody', aud: audience, exp, roles: [role, ...rights] });
  return { authorization: `Bearer ${token}`, [callerHeaders.role]: role, [callerHeaders.purpose]: purpose };
}

const operator = (rights?: readonly string[]) => signedIn('G01', 'OPERATOR', 'OPERATION', rights);

test('a desk’s question', async () => {
  const variables = { donor: donor('E12345678'), procedure: 'WHOLE_BLOOD' };
  const desk = await signedIn(shanghai, 'DESK', 'DONATION');
  const answer = await ask(at(shanghai).url, stationOperations.Check.document, variables, desk);
  expect(answer.data).toMatchObject({ eligibility: { __typename: 'Decision' } });
});

test('the operator’s questions at a station and at the gateway, and what the gateway makes of them for each station', async () => {
  const atStation = await signedIn(shanghai, 'OPERATOR', 'OPERATION');
  const standing = await ask(at(shanghai).url, stationOperations.Standing.document, { code: shanghai }, atStation);
  expect(standing.errors).toBeUndefined();
  const { data, errors } = await ask(federation.gateway.url, gatewayOperations.Stations.document, {}, await operator());
  expect(errors).toBeUndefined();
  const stations = data?.['stations'] as { edges: { node: { code: string; version: string | null } }[] };
  expect(stations.edges.map(({ node }) => node.code)).toEqual([...codes]);
  for (const { node } of stations.edges) expect(node.version).toEqual(expect.any(String));
});

const own = 'query Own { station(code: "310198B01") { version } }';

test('a question of one’s own is not answered, at neither', async () => {
  const refused = await ask(federation.gateway.url, own, {}, await operator());
  expect(refused.errors?.[0]?.extensions?.['code']).toBe('DOCUMENT_UNKNOWN');
  const atStation = await signedIn(shanghai, 'OPERATOR', 'OPERATION');
  const alsoRefused = await ask(at(shanghai).url, '{ self { version } }', {}, atStation);
  expect(alsoRefused.errors?.[0]?.extensions?.['code']).toBe('DOCUMENT_UNKNOWN');
});

test('whoever has the right asks the gateway in words of their own, and the stations behind it', async () => {
  const { data, errors } = await ask(federation.gateway.url, own, {}, await operator(['open']));
  expect(errors).toBeUndefined();
  expect(data).toEqual({ station: { version: expect.any(String) as string } });
});
