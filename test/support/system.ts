/** A station's own system, for tests: it signs in at the station with its key, as RFC 7523 has it. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { importJWK, SignJWT } from 'jose';
import { request } from 'undici';
import { z } from 'zod';

import type { Purpose } from '#schema/caller.ts';
import { callerHeaders } from '#schema/exchange.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';

export const systemId = 'bmis';
const { kid, kty, crv, x } = testPublicKey('a system');

/** The file a station knows its systems by. */
function writeClients(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'donor-lookout-clients-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = path.join(folder, 'clients.json');
  const client = { id: systemId, keys: [{ kid, kty, crv, x }], rights: ['OPEN_DOCUMENTS'] };
  writeFileSync(file, JSON.stringify({ clients: [client] }));
  return file;
}

let file: string | undefined;
export const clientsFile = (): string => (file ??= writeClients());

const now = () => Math.floor(Date.now() / 1000);

/** An assertion; what is not said is as it should be. */
export async function assertionFor(
  station: string,
  {
    claims = {},
    header = {},
    key = 'a system',
  }: { claims?: Readonly<Record<string, unknown>>; header?: { kid?: string }; key?: string } = {},
): Promise<string> {
  return new SignJWT({ iss: systemId, sub: systemId, aud: station, exp: now() + 60, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid, ...header })
    .sign(await importJWK(testSigningKey(key), 'EdDSA'));
}

/** What the token endpoint answers. */
export async function askForToken(url: string, assertion: string, grantType = 'jwt-bearer') {
  const { statusCode, body } = await request(new URL('token', url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: `urn:ietf:params:oauth:grant-type:${grantType}`, assertion }).toString(),
  });
  return { status: statusCode, answer: await body.json() };
}

const Given = z.object({ access_token: z.string() });
const tokens = new Map<string, Promise<string>>();

async function signIn(url: string, station: string): Promise<string> {
  return Given.parse((await askForToken(url, await assertionFor(station))).answer).access_token;
}

/** The headers of the system of a station, with a purpose. */
export async function systemHeaders(url: string, station: string, purpose: Purpose): Promise<Record<string, string>> {
  const token = tokens.get(url) ?? signIn(url, station);
  tokens.set(url, token);
  return { authorization: `Bearer ${await token}`, [callerHeaders.purpose]: purpose };
}
