/** Pages for a browser: what a server gives of a folder, to whom, and what it says with it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readPages } from '#server/http/pages.ts';

import { startSmallServer } from './small-server.ts';

let folder: string;
let small: Awaited<ReturnType<typeof startSmallServer>>;
const script = `/* ${'long '.repeat(500)}*/`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-pages-'));
  await mkdir(path.join(folder, 'site/assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.js'), 'secret');
  await writeFile(path.join(folder, 'site/index.html'), '<!doctype html>');
  await writeFile(path.join(folder, 'site/assets/app-1a2b.js'), script);
  await writeFile(path.join(folder, 'site/key.pem'), 'not a page');
  const pages = { folder: path.join(folder, 'site'), under: '/pages/', connectTo: ['https://sign-in.example'] };
  small = await startSmallServer({ routes: await readPages(pages) });
});

afterAll(async () => {
  await small[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const get = (place: string, headers: Record<string, string> = {}) => fetch(new URL(place, small.url), { headers });

test('the entry is never kept, and its policy lets nothing in that is not from here', async () => {
  const answer = await get('/pages/');
  expect(await answer.text()).toBe('<!doctype html>');
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(policy).toContain("connect-src 'self' https://sign-in.example;");
  expect(policy).not.toContain('unsafe');
});

test('what has a hash in its name is kept for good, and travels compressed to whoever takes it so', async () => {
  const plain = await get('/pages/assets/app-1a2b.js', { 'accept-encoding': 'identity' });
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.headers.get('content-length')).toBe(String(script.length));
  const small = await get('/pages/assets/app-1a2b.js', { 'accept-encoding': 'br, gzip' });
  expect(small.headers.get('content-encoding')).toBe('gzip');
  expect(Number(small.headers.get('content-length'))).toBeLessThan(200);
  expect(await small.text()).toBe(script);
});

test.each([
  '/pages',
  '/pages/index.html',
  '/pages/assets/',
  '/pages/key.pem',
  '/pages/../secret.js',
  '/pages/..%2fsecret.js',
  '/pages/%2e%2e/secret.js',
  '/pages/assets/../../secret.js',
  '/pages//etc/passwd',
])('nothing but the files that were listed is given: %s', async (place) => {
  const answer = await small.raw(`GET ${place} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
});

test('a link of another site leads to the entry; its scripts do not get at anything', async () => {
  // `fetch` would say for itself in which mode it asks.
  const statusOf = async (place: string, headers: Record<string, string>) =>
    (await request(new URL(place, small.url), { headers: { 'sec-fetch-site': 'cross-site', ...headers } })).statusCode;
  const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  expect(await statusOf('/pages/', link)).toBe(200);
  expect(await statusOf('/pages/', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' })).toBe(403);
  expect(await statusOf('/pages/', { ...link, 'sec-fetch-dest': 'iframe' })).toBe(403);
  expect(await statusOf('/pages/assets/app-1a2b.js', link)).toBe(403);
});
