/**
 * Stations for the bench of figures, `node stations.ts <folder>`: bare servers in a process of their own, each with a key and
 * its counts, that sign what they say and check nothing.
 */
import { readFile } from 'node:fs/promises';
import { createPrivateKey, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';

import { z } from 'zod';

import { digestOf } from '#schema/digest.ts';
import { thumbprintOf } from '#schema/directory.ts';
import { exchangeHeaders, exchangeTypes } from '#schema/exchange.ts';
import type { SigningJwk } from '#server/keys/signing-jwk.ts';

import { reportToBench } from '../child-server.ts';
import { startBareServer } from '../gateway/bare-server.ts';
import { countsAt, Keyed } from './region.ts';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function startStation(code: string, jwk: SigningJwk, at: number): Promise<string> {
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  const head = part({ alg: 'EdDSA', typ: exchangeTypes.answer, kid: thumbprintOf(jwk) });
  const counts = { closedUntil: '2026-01-01', counts: countsAt(at) };
  const said = JSON.stringify({ data: { self: { code, counts } } });
  const body = digestOf(said);
  const server = createServer((request, response) => {
    const [, payload = ''] = String(request.headers[exchangeHeaders.forward]).split('.');
    const { jti } = z.object({ jti: z.string() }).parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    const claims = { iss: code, aud: 'G01', request: jti, status: 200, body, iat: Math.floor(Date.now() / 1_000) };
    const signed = `${head}.${part(claims)}`;
    const jwt = `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', [exchangeHeaders.answer]: jwt }).end(said);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
}

const [, , folder = ''] = process.argv;
const stations = Keyed.parse(JSON.parse(await readFile(path.join(folder, 'keys.json'), 'utf8')));
const endpoints = await Promise.all(stations.map(({ code, key }, at) => startStation(code, key, at)));
reportToBench(await startBareServer(() => JSON.stringify(endpoints)));
