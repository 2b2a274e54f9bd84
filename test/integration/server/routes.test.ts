/** Paths beside GraphQL. */
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { Fault, Refused } from '#schema/errors.ts';
import type { Route } from '#server/http/routes.ts';
import { Answer, startSmallServer } from './small-server.ts';

const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/echo/:kind',
    async handle({ id, request, response, parameters }) {
      response.writeHead(200, { 'x-request-id': id, 'x-kind': parameters['kind'] });
      await pipeline(request, response);
    },
  },
  {
    method: 'POST',
    path: '/fail',
    handle() {
      throw new Fault('DATABASE_UNAVAILABLE');
    },
  },
  { method: 'POST', path: '/refuse', handle: () => Promise.reject(new Refused('CONFLICT')) },
  {
    method: 'GET',
    path: '/half',
    handle({ response }) {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      throw new TypeError('broken');
    },
  },
];

test('a route streams, with the parts of its path and no bound on its body', async () => {
  await using small = await startSmallServer({ routes });
  const body = 'x'.repeat(1_000_000);
  const response = await fetch(new URL('/echo/donations?dry', small.url), { method: 'POST', body });
  expect(response.headers.get('x-kind')).toBe('donations');
  expect((await response.text()).length).toBe(body.length);
});

test('what a route throws is answered like any other error', async () => {
  await using small = await startSmallServer({ routes });
  const post = (path: string) => fetch(new URL(path, small.url), { method: 'POST', body: 'unread' });
  const failed = await post('/fail');
  expect(failed.status).toBe(503);
  expect(Answer.parse(await failed.json()).errors?.[0]?.extensions).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  const refused = await post('/refuse');
  expect(refused.status).toBe(403);
  expect(Answer.parse(await refused.json()).errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' });
});

test('half an answer is cut off, so that nobody takes it for a whole one', async () => {
  await using small = await startSmallServer({ routes });
  await expect(fetch(new URL('/half', small.url)).then((response) => response.text())).rejects.toThrow();
  expect(small.lines.join('')).toContain('"code":"INTERNAL"');
});

test('other paths, other methods and other sites are refused', async () => {
  await using small = await startSmallServer({ routes });
  const status = async (path: string, init?: RequestInit) => (await fetch(new URL(path, small.url), init)).status;
  expect(await status('/')).toBe(404);
  expect(await status('/graphql/x')).toBe(404);
  expect(await status('/echo/a/b', { method: 'POST' })).toBe(404);
  expect(await status('/fail')).toBe(405);
  expect(await status('/refuse', { method: 'POST', headers: { origin: 'https://evil.example' } })).toBe(403);
});
