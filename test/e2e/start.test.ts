/** Starts that must not work, and ends that nobody asked for: each is one sentence, and nothing is left running. */
import { createServer } from 'node:net';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import {
  eventually,
  findPorts,
  findServices,
  isAlive,
  isListening,
  lookout,
  pidsOf,
  start,
  startToEnd,
  temporaryFolder,
} from './launch.ts';

/** The process that holds the lock of a state folder. */
async function starterOf(state: string): Promise<number> {
  const Lock = z.object({ pid: z.number() });
  return Lock.parse(JSON.parse(await readFile(path.join(state, 'lock'), 'utf8'))).pid;
}

describe('npm start refuses in one sentence', () => {
  test('a port that is in use', async () => {
    await using folder = await temporaryFolder();
    const port = await findPorts(4);
    const other = createServer().listen(port + 1, '127.0.0.1');
    const { code, stdout, stderr } = await startToEnd(
      '--state',
      path.join(folder.path, 'state'),
      '--port',
      String(port),
      '--stations',
      '2',
    );
    other.close();
    expect(stderr).toBe(
      `Port ${port + 1}, meant for station 310198B01, is in use: stop what uses it, or choose another with --port.\n`,
    );
    expect([code, stdout]).toEqual([1, '']);
  });

  test('a state folder of another version, and leaves it as it is', async () => {
    await using folder = await temporaryFolder();
    const record = path.join(folder.path, 'state.json');
    await writeFile(record, '{"format":99}');
    const { code, stdout, stderr } = await startToEnd('--state', folder.path);
    expect(stderr).toBe(
      `The state folder ${folder.path} was made by another version of Donor Lookout: start with --fresh to make it anew, or name another folder with --state.\n`,
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(await readFile(record, 'utf8')).toBe('{"format":99}');
  });

  test('an option it does not know, as wrong usage', async () => {
    expect((await startToEnd('--bogus')).code).toBe(2);
  });

  test('a first import that fails: a federation that lacks data does not run', async () => {
    await using folder = await temporaryFolder();
    const data = path.join(folder.path, 'data');
    await mkdir(path.join(data, '310198B01'), { recursive: true });
    await writeFile(path.join(data, 'stations.csv'), 'code,kind,province,name_zh,name_en\n310198B01,BLOOD,31,甲,A\n');
    await writeFile(path.join(data, '310198B01', 'donations.csv'), 'donation_no,procedure\n');
    const { code, stderr } = await startToEnd(
      '--data',
      data,
      '--state',
      path.join(folder.path, 'state'),
      '--port',
      String(await findPorts(3)),
    );
    expect(stderr).toContain('310198B01/donations.csv: ');
    expect(code).toBe(1);
  });
});

describe('a federation of two stations', () => {
  test('keeps its folder to itself, leaves nothing running when its starter is killed, and starts again from that', async () => {
    await using folder = await temporaryFolder();
    const state = path.join(folder.path, 'state');
    const port = await findPorts(4);
    const first = await start(state, port, '--stations', '2');
    const second = await startToEnd('--state', state, '--port', String(await findPorts(4)), '--stations', '2');
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('in use by a running federation') as string,
    });

    const running = await first.running();
    expect(pidsOf(running)).toHaveLength(5);
    first.starter.kill('SIGKILL');
    await first.ended;
    await eventually('all have ended', () => !pidsOf(running).some(isAlive));
    await eventually('the database has ended', async () => !(await isListening(running.postgres.port)));
    expect((await lookout('stations', '--state', state)).code).toBe(4);

    await using third = await start(state, port, '--stations', '2');
    expect(third.said()).not.toContain('Imported');
    expect((await lookout('stations', '--state', state)).code).toBe(0);
  });

  test('that is interrupted while it comes up leaves nothing behind, and repeats the import it did not finish', async () => {
    await using folder = await temporaryFolder();
    const state = path.join(folder.path, 'state');
    const port = await findPorts(4);
    const args = ['--state', state, '--port', String(port), '--stations', '2'];
    // The gateway answers before its stations do: this is in the middle of things.
    const stopped = startToEnd(...args);
    await eventually('the gateway has come up', () => isListening(port));
    process.kill(await starterOf(state), 'SIGINT');
    expect((await stopped).code).toBe(130);
    expect(await isListening(port)).toBe(false);

    await using again = await start(state, port, '--stations', '2');
    expect(again.said()).toContain('Imported');
  });
});

test.runIf(process.platform === 'linux')(
  'a federation whose starter is killed while it comes up leaves no service behind',
  async () => {
    await using folder = await temporaryFolder();
    const state = path.join(folder.path, 'state');
    const port = await findPorts(4);
    const killed = startToEnd('--state', state, '--port', String(port), '--stations', '3');
    // Processes are there, and none of them has come as far as to listen.
    await eventually('services are starting', async () => (await findServices(state)).length === 4);
    process.kill(await starterOf(state), 'SIGKILL');
    await killed;
    await eventually('all have ended', async () => (await findServices(state)).length === 0);
  },
);

describe('lookout without a federation', () => {
  test.each([
    [['check', '--station', '330198B01', '--document', '01:1', '--procedure', 'PLATELETS'], 4],
    [['import', '/no/such/folder'], 2],
    [['check', '--file', '/no/such/file'], 2],
    [['check', '01:330198199001011234'], 2],
    [['check', '--help'], 0],
  ])('%j exits with %d', async (args, exitCode) => {
    await using folder = await temporaryFolder();
    const { code, stderr } = await lookout(...args, '--state', folder.path);
    expect(code).toBe(exitCode);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
    expect(stderr).not.toContain('1990');
  });
});
