/** A station's own systems: an assertion, once, for a token that holds at this station only. */
import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';
import { askForToken, assertionFor, systemHeaders } from '#test/support/system.ts';

const code = '310198B01';
const now = () => Math.floor(Date.now() / 1000);
let directory: Awaited<ReturnType<typeof createDirectoryFile>>;
let station: Awaited<ReturnType<typeof startStation>>;

beforeAll(async () => {
  directory = await createDirectoryFile([memberOf(code)]);
  station = await startStation({ code, directoryFile: directory.file });
});
afterAll(async () => {
  await station[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const upload = (headers: Record<string, string>) =>
  request(new URL('import/donations', station.url), { method: 'POST', headers, body: 'x' });

test('a system that asserts who it is gets a token, and may do with it what systems may', async () => {
  const { status, answer } = await askForToken(station.url, await assertionFor(code));
  expect({ status, answer }).toMatchObject({ status: 200, answer: { token_type: 'Bearer', expires_in: 600 } });
  const token = (answer as { access_token: string }).access_token;
  expect(decodeJwt(token)).toMatchObject({ iss: code, aud: code, sub: 'bmis' });
  const uploaded = await upload(await systemHeaders(station.url, code, 'RECORDING'));
  expect(uploaded.headers['content-type']).toContain('ndjson');
  expect((await upload(await systemHeaders(station.url, code, 'DONATION'))).statusCode).toBe(403);
  expect((await upload({ authorization: `Bearer ${token}` })).statusCode).toBe(403);
  expect((await upload({ authorization: `Bearer ${token}`, 'lookout-role': 'AUDITOR' })).statusCode).toBe(403);
  expect((await upload({ authorization: `Bearer ${token.slice(0, -4)}AAAA` })).statusCode).toBe(401);
  expect((await upload({})).statusCode).toBe(401);
});

describe('an assertion gives no token', () => {
  test('the second time, nor to one of two that come with it at once', async () => {
    const assertion = await assertionFor(code);
    const both = await Promise.all([askForToken(station.url, assertion), askForToken(station.url, assertion)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect(await askForToken(station.url, assertion)).toEqual({ status: 400, answer: { error: 'invalid_grant' } });
  });

  test.each<[string, NonNullable<Parameters<typeof assertionFor>[1]>]>([
    ['for another station', { claims: { aud: '320198B01' } }],
    ['for several stations', { claims: { aud: [code, '320198B01'] } }],
    ['of a system that is not registered', { claims: { iss: 'stranger', sub: 'stranger' } }],
    ['about somebody else', { claims: { sub: 'somebody' } }],
    ['with a key that is not registered', { key: 'another system' }],
    ['with a key that has no name there', { header: { kid: 'another' } }],
    ['that is over', { claims: { exp: now() - 60 } }],
    ['that holds too long', { claims: { exp: now() + 3_600 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without a name of its own', { claims: { jti: undefined } }],
  ])('%s', async (_, said) => {
    expect(await askForToken(station.url, await assertionFor(code, said))).toEqual({
      status: 400,
      answer: { error: 'invalid_grant' },
    });
  });

  test('by another grant, nor in another form', async () => {
    const assertion = await assertionFor(code, { claims: { jti: randomUUID() } });
    expect(await askForToken(station.url, assertion, 'saml2-bearer')).toMatchObject({
      answer: { error: 'unsupported_grant_type' },
    });
    const asJson = await request(new URL('token', station.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ assertion }),
    });
    expect(asJson.statusCode).toBe(415);
  });
});
