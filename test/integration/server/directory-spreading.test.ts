/** How a directory reaches everybody: brought to one node, found by the others, whoever is down. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { request } from 'undici';
import { afterEach, expect, test } from 'vitest';

import { Policy } from '#schema/directory.ts';
import type { Directory, Gateway } from '#schema/directory.ts';
import { GatewayCode } from '#schema/ids.ts';
import { openLiveDirectory } from '#server/directory/live-directory.ts';
import { takenInFile } from '#server/directory/taken.ts';
import { deadUrl, directoryOf, memberOf, signedText, testAuthorities } from '#test/support/directory.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';

import { startSmallServer } from './small-server.ts';

const policy = Policy.parse({ directoryMs: 100 });
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A service that keeps a directory and serves nothing else. */
async function startNode(self: string, first: Directory) {
  const folder = await mkdtemp(path.join(tmpdir(), 'lookout-spreading-'));
  const file = path.join(folder, 'directory.json');
  await writeFile(file, await signedText(first));
  const log = pino({ level: 'silent' });
  const taken = takenInFile(`${file}.taken`);
  const directory = await openLiveDirectory(file, { authorities: testAuthorities, taken, self, log });
  const { server, url: served } = await startSmallServer({ routes: directory.routes, logLevel: 'silent' });
  const url = served.origin;
  directory.start();
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await directory.stop();
    await server.stop();
  };
  ends.push(() => rm(folder, { recursive: true }), stop);
  return { url, directory, stop, version: () => directory.current().version };
}

const codes = ['310198B01', '320198B01', '330198B01'] as const;
const gatewayAt = (endpoint: string): Gateway => ({
  code: GatewayCode.parse('G01'),
  endpoint,
  status: 'ACTIVE',
  keys: [],
  rights: [],
});

/** Three members and a gateway that know where the others are. */
async function startNodes() {
  const alone = directoryOf([], { policy });
  const nodes = await Promise.all(['G01', ...codes].map((self) => startNode(self, alone)));
  const [gateway, ...members] = nodes;
  if (gateway === undefined) throw new Error('no gateway');
  const said = (version: number, more: Partial<Directory> = {}) =>
    directoryOf(
      codes.map((code, at) => memberOf(code, { endpoint: members[at]?.url ?? deadUrl })),
      { version, policy, gateways: [gatewayAt(gateway.url)], ...more },
    );
  await Promise.all(nodes.map(async ({ directory }) => directory.take(await signedText(said(2)), 'the test')));
  return { gateway, members, nodes, said };
}

const bring = async (url: string, text: string) => {
  const { statusCode, body } = await request(new URL('/directory', url), { method: 'POST', body: text });
  return { status: statusCode, ...((await body.json()) as object) };
};

test('a directory that was brought to one node is taken by all', async () => {
  const { members, nodes, said } = await startNodes();
  expect(await bring(members[0]?.url ?? '', await signedText(said(3)))).toEqual({
    status: 202,
    outcome: 'TAKEN',
    reason: 'version 3 is taken',
    version: 3,
  });
  await expect.poll(() => nodes.map(({ version }) => version()), { timeout: 10_000 }).toEqual([3, 3, 3, 3]);
});

test('it spreads while the gateway is down', async () => {
  const { gateway, members, said } = await startNodes();
  await gateway.stop();
  await members[2]?.directory.take(await signedText(said(5)), 'the test');
  await expect.poll(() => members.map(({ version }) => version()), { timeout: 10_000 }).toEqual([5, 5, 5]);
});

test('who was away while the authorities changed finds its way to those of today', async () => {
  const { gateway, members, said } = await startNodes();
  const { kid, kty, crv, x } = testPublicKey('B1');
  const authorities = { threshold: 1, keys: [{ kid, kty, crv, x, name: 'B1' }] };
  const [away] = members;
  await away?.stop();
  const both = [testSigningKey('authority'), testSigningKey('B1')];
  await bring(gateway.url, await signedText(said(3, { authorities }), both));
  await bring(gateway.url, await signedText(said(4, { authorities }), [testSigningKey('B1')]));
  const back = await startNode(codes[0], said(2));
  await expect.poll(back.version, { timeout: 10_000 }).toBe(4);
  expect(back.directory.current().authorities).toEqual(authorities);
});

test('the route tells what it has by its digest, and refuses with a reason what it does not take', async () => {
  const { gateway, said } = await startNodes();
  const url = new URL('/directory', gateway.url);
  const first = await request(url);
  expect(JSON.parse(await first.body.text())).toEqual(JSON.parse(await signedText(said(2))));
  const again = await request(url, { headers: { 'if-none-match': String(first.headers['etag']) } });
  await again.body.dump();
  expect(again.statusCode).toBe(304);

  const stranger = await signedText(said(9), [testSigningKey('a stranger')]);
  expect(await bring(gateway.url, stranger)).toMatchObject({ status: 409, outcome: 'UNSIGNED', version: 2 });
  expect(await bring(gateway.url, 'nothing')).toMatchObject({ status: 409, outcome: 'BROKEN' });
  expect(await bring(gateway.url, await signedText(said(2)))).toMatchObject({ status: 200, outcome: 'KNOWN' });
  const { statusCode } = await request(url, { method: 'POST', body: 'x'.repeat(9_000_001) });
  expect(statusCode).toBe(413);
});
