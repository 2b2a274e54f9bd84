import { execFile, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { request } from 'undici';
import { expect, test } from 'vitest';

import { authoritiesFile, directoryOf, gatewayEnvironment, signedText } from '#test/support/directory.ts';
import { headersFor, issuerEnvironment } from '#test/support/sign-in.ts';

import { startStandIn } from './stand-in.ts';

const main = new URL('../../../gateway/main.ts', import.meta.url).pathname;
const environment = (env: NodeJS.ProcessEnv) => ({ PATH: process.env['PATH'], LOOKOUT_PORT: '0', ...env });
const run = (env: NodeJS.ProcessEnv) => promisify(execFile)(process.execPath, [main], { env: environment(env) });

test('a broken configuration ends the process with all problems and code 2', async () => {
  await expect(run({ LOOKOUT_PORT: 'x', NODE_ENV: 'test' })).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/LOOKOUT_PORT[\s\S]*LOOKOUT_DIRECTORY[\s\S]*NODE_ENV/) as string,
  });
});

test('a directory that cannot be used ends the process with code 1 and says which', async () => {
  await expect(
    run({ ...gatewayEnvironment, LOOKOUT_DIRECTORY: '/nowhere/directory.json', LOOKOUT_AUTHORITIES: authoritiesFile }),
  ).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/DIRECTORY_UNUSABLE|nowhere/) as string,
  });
});

test('the process serves, answers what is in flight at SIGTERM, and ends with code 0', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lookout-process-'));
  const file = join(folder, 'directory.json');
  await using station = await startStandIn('310198B01');
  await writeFile(file, await signedText(directoryOf([station.member])));
  const child = spawn(process.execPath, [main], {
    env: environment({
      ...gatewayEnvironment,
      ...(await issuerEnvironment()),
      LOOKOUT_DIRECTORY: file,
      LOOKOUT_AUTHORITIES: authoritiesFile,
    }),
  });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const logged = async (message: string) => {
    for await (const [line] of on(lines, 'line') as AsyncIterable<[string]>) {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg === message) return url;
    }
    return undefined;
  };
  const url = await logged('listening');

  // The station answers only once the gateway was told to stop.
  const honest = station.behaviour;
  const stopping = logged('stopping');
  const asked = new Promise<void>((resolve) => {
    station.behaviour = (...answer) => {
      resolve();
      void stopping.then(() => {
        honest(...answer);
      });
    };
  });
  const query = '{ station(code: "310198B01") { version } }';
  const headers = { 'content-type': 'application/json', ...(await headersFor('G01', query)) };
  const body = JSON.stringify({ query });
  const answer = request(new URL('/graphql', url), { method: 'POST', headers, body });
  await asked;
  child.kill('SIGTERM');
  expect(await (await answer).body.json()).toEqual({ data: { station: { version: '1.2.3' } } });
  expect(await exited).toEqual([0, null]);
  await rm(folder, { recursive: true });
}, 30_000);
