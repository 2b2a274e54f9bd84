/** The door for people: whose token it is decides, and nothing a token says of itself. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { StationCode } from '#schema/ids.ts';
import { createPeopleDoor } from '#server/doors/people-door.ts';
import { peopleSettings } from '#server/doors/people-settings.ts';

const code = StationCode.parse('310198B01');
const member = { member: code };
const kid = 'the key of the provider';
const now = () => Math.floor(Date.now() / 1000);

/** A provider that counts what is fetched of it and can go away. */
async function startProvider() {
  const keys = await generateKeyPair('RS256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid, alg: 'RS256', use: 'sig' }] });
  const fetched: string[] = [];
  const server = createServer((request, response) => {
    fetched.push(request.url ?? '');
    const isKeys = request.url === '/keys';
    response.end(isKeys ? jwks : JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const end = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { issuer, keys, fetched, end };
}

let provider: Awaited<ReturnType<typeof startProvider>>;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.end());

const settingsOf = (issuer: string, more: Record<string, string> = {}) =>
  z.object(peopleSettings).parse({
    LOOKOUT_OIDC_ISSUER: issuer,
    LOOKOUT_OIDC_ROLES_CLAIM: 'realm_access.roles',
    LOOKOUT_OIDC_ROLES: JSON.stringify({ desk: 'DESK', doctor: 'PHYSICIAN', open: 'OPEN_DOCUMENTS' }),
    LOOKOUT_PSEUDONYM_KEY: '07'.repeat(32),
    ...more,
  });

type Said = Readonly<Record<string, unknown>>;
const claimsOf = (said: Said = {}): JWTPayload => ({
  iss: provider.issuer,
  sub: 'somebody',
  aud: code,
  exp: now() + 300,
  realm_access: { roles: ['staff', 'desk', 'open'] },
  ...said,
});
const sign = (said: Said = {}, header: Partial<JWTHeaderParameters> = {}, key = provider.keys.privateKey) =>
  new SignJWT(claimsOf(said)).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...header }).sign(key);

const knock = (token: string, headers: Record<string, string> = {}) => ({
  ...{ requestId: 'test', method: 'POST', path: '/graphql', body: Buffer.alloc(0) },
  headers: { authorization: `Bearer ${token}`, ...headers },
});
const doorTo = (settings = settingsOf(provider.issuer)) => createPeopleDoor({ ...member, settings });

describe('a token of the provider for this service', () => {
  test('is somebody of the house, with roles, rights and a pseudonym that is not their name', async () => {
    const { caller } = await doorTo().admit(
      knock(await sign(), { 'lookout-purpose': 'DONATION', 'lookout-case': 'C-1' }),
    );
    expect(caller).toMatchObject({ from: 'OWN', member: code, role: 'DESK', purpose: 'DONATION', case: 'C-1' });
    expect(caller.rights).toEqual(['OPEN_DOCUMENTS']);
    expect(caller.subject).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const again = await doorTo().admit(knock(await sign({ exp: now() + 200 })));
    expect(again.caller.subject).toBe(caller.subject);
    const other = await doorTo().admit(knock(await sign({ sub: 'somebody else' })));
    expect(other.caller.subject).not.toBe(caller.subject);
  });

  test('asks in the role that is named, if it is theirs', async () => {
    const token = await sign({ realm_access: { roles: ['desk', 'doctor'] } });
    const asRole = async (role: string) => (await doorTo().admit(knock(token, { 'lookout-role': role }))).caller.role;
    expect(await asRole('PHYSICIAN')).toBe('PHYSICIAN');
    await expect(asRole('AUDITOR')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(asRole('BOSS')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const nobody = await sign({ realm_access: { roles: ['staff'] } });
    await expect(doorTo().admit(knock(nobody))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is verified once and believed for as long as it holds', async () => {
    const [door, token] = [doorTo(), await sign()];
    await door.admit(knock(token));
    const before = provider.fetched.length;
    await Promise.all(Array.from({ length: 50 }, () => door.admit(knock(token))));
    expect(provider.fetched.length).toBe(before);
    const short = await sign({ exp: now() - 4 });
    await expect(door.admit(knock(short))).resolves.toBeDefined();
    const over = await sign({ exp: now() - 6 });
    await expect(door.admit(knock(over))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('nobody is let in with', () => {
  const hmac = async (secret: Uint8Array) =>
    new SignJWT(claimsOf()).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid }).sign(secret);
  const forged: [what: string, token: () => Promise<string> | string][] = [
    ['no algorithm', () => new UnsecuredJWT(claimsOf()).encode()],
    ['no algorithm and any signature', () => `${new UnsecuredJWT(claimsOf()).encode()}AAAA`],
    ['the public key as a shared secret', async () => hmac(Buffer.from(await exportSPKI(provider.keys.publicKey)))],
    ['another key under the same name', async () => sign({}, {}, (await generateKeyPair('RS256')).privateKey)],
    ['a key nobody knows', () => sign({}, { kid: 'another key' })],
    ['its own key', async () => sign({}, { jwk: await exportJWK(provider.keys.publicKey) })],
    ['an address of its key', () => sign({}, { jku: `${provider.issuer}/mine` })],
    ['a certificate of its own', () => sign({}, { x5c: ['AAAA'] })],
    ['an extension nobody understands', () => sign({}, { crit: ['b64'], b64: true })],
    ['another type of token', () => sign({}, { typ: 'lookout-request+jwt' })],
    ['another issuer', () => sign({ iss: `${provider.issuer}/` })],
    ['another audience', () => sign({ aud: '320198B01' })],
    ['several audiences', () => sign({ aud: [code, '320198B01'] })],
    ['a list of one audience', () => sign({ aud: [code] })],
    ['an audience that only begins like ours', () => sign({ aud: `${code}/` })],
    ['no end', () => sign({ exp: undefined })],
    ['nobody in it', () => sign({ sub: undefined })],
    ['a beginning that is to come', () => sign({ nbf: now() + 60 })],
  ];
  test.each(forged)('%s', async (_, token) => {
    const before = provider.fetched.filter((path) => path === '/mine').length;
    await expect(doorTo().admit(knock(await token()))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(provider.fetched.filter((path) => path === '/mine').length).toBe(before);
  });

  test('no token, or something else in its place', async () => {
    const door = doorTo();
    for (const authorization of [
      '',
      'Bearer',
      'Bearer a.b',
      'Basic YTpi',
      `Bearer ${'a'.repeat(5_000)}`,
      'Bearer a.b.c d',
    ]) {
      const asked = { ...knock(''), headers: { authorization } };
      await expect(door.admit(asked)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    await expect(door.admit({ ...knock(''), headers: {} })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('anything, where there is no provider', async () => {
    const door = createPeopleDoor({ ...member, settings: z.object(peopleSettings).parse({}) });
    await expect(door.admit(knock(await sign()))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('while the provider cannot be reached', () => {
  test('nobody is let in by a service that knows none of its keys', async () => {
    const gone = await startProvider();
    await gone.end();
    const token = await sign({ iss: gone.issuer });
    await expect(doorTo(settingsOf(gone.issuer)).admit(knock(token))).rejects.toMatchObject({
      code: 'ISSUER_UNREACHABLE',
    });
    const known = settingsOf(gone.issuer, { LOOKOUT_OIDC_JWKS_URL: `${gone.issuer}/keys` });
    await expect(doorTo(known).admit(knock(token))).rejects.toMatchObject({ code: 'ISSUER_UNREACHABLE' });
  });

  test('the keys that are known go on, and others prove nobody', async () => {
    const going = await startProvider();
    const door = doorTo(settingsOf(going.issuer));
    const said = { iss: going.issuer };
    await door.admit(knock(await sign(said, {}, going.keys.privateKey)));
    await going.end();
    const fresh = await sign({ ...said, sub: 'somebody new' }, {}, going.keys.privateKey);
    await expect(door.admit(knock(fresh))).resolves.toBeDefined();
    const unknown = await sign(said, { kid: 'another key' }, going.keys.privateKey);
    await expect(door.admit(knock(unknown))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
