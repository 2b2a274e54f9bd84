/** What orchestrators are told. */
import { expect, test } from 'vitest';
import type { Check } from '#server/http/health.ts';
import { startSmallServer } from './small-server.ts';

const database: Check = { name: 'database', ok: true };
const gateway: Check = { name: 'gateway', ok: false, detail: 'not reached' };

const get = async (url: URL, path: string) => {
  const response = await fetch(new URL(path, url));
  return { status: response.status, body: await response.text() };
};

test('the process lives whatever it needs', async () => {
  await using small = await startSmallServer({ readiness: () => [gateway] });
  for (const path of ['/livez', '/healthz']) expect(await get(small.url, path)).toEqual({ status: 200, body: 'ok\n' });
});

test('it is ready when it has all it needs, and says what it has not when asked', async () => {
  const checks = [database];
  await using small = await startSmallServer({ readiness: () => checks });
  expect(await get(small.url, '/readyz')).toEqual({ status: 200, body: 'ok\n' });
  checks.push(gateway);
  expect(await get(small.url, '/readyz')).toEqual({ status: 503, body: 'not ready\n' });
  expect(await get(small.url, '/readyz?verbose')).toEqual({
    status: 503,
    body: '[+] database ok\n[-] gateway failed: not reached\nnot ready\n',
  });
});

test('checks that hang or break make it not ready, and give nothing away', async () => {
  const readiness = [
    () => new Promise<never>(() => undefined),
    () => Promise.reject(new Error('postgres://user:secret@host')),
  ];
  for (const check of readiness) {
    await using small = await startSmallServer({ readiness: check, limits: { readinessMs: 50 } });
    const { status, body } = await get(small.url, '/readyz?verbose');
    expect(status).toBe(503);
    expect(body).not.toContain('secret');
  }
});
