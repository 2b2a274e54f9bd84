/** Starts that must not work, and ends that nobody asked for: each is one sentence, and nothing is left running. */
import { createServer } from 'node:net';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  eventually,
  findPorts,
  isAlive,
  isListening,
  lookout,
  pidsOf,
  sampleFolder,
  start,
  startToEnd,
  temporaryFolder,
} from './launch.ts';

describe('npm start refuses in one sentence', () => {
  test('a port that is in use', async () => {
    await using folder = await temporaryFolder();
    const port = await findPorts(3);
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

  test.each([
    ['is of another version', { 'state.json': '{"format":99}' }, 1, 'another version'],
    ['is half written', { 'state.json': '{"format":1,"da' }, 1, 'is broken'],
    ['has lost its record', { 'postgres/password': 'x' }, 1, 'is broken'],
    ["is somebody else's", { 'thesis.txt': 'all of it' }, 2, 'holds other files'],
  ])('a state folder that %s', async (_, files, exitCode, words) => {
    await using folder = await temporaryFolder();
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder.path, name)), { recursive: true });
      await writeFile(path.join(folder.path, name), text);
    }
    const { code, stderr } = await startToEnd(
      '--state',
      folder.path,
      '--port',
      String(await findPorts(2)),
      '--stations',
      '1',
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(words);
    expect(code).toBe(exitCode);
    for (const [name, text] of Object.entries(files))
      expect(await readFile(path.join(folder.path, name), 'utf8')).toBe(text);
  });

  test('a state folder that is a file', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'state');
    await writeFile(file, '');
    expect(await startToEnd('--state', file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not a folder') as string,
    });
  });

  test('never clears a folder that is not its own, however fresh it is to start', async () => {
    await using folder = await temporaryFolder();
    await writeFile(path.join(folder.path, 'thesis.txt'), 'all of it');
    expect((await startToEnd('--state', folder.path, '--fresh')).code).toBe(2);
    expect(await readFile(path.join(folder.path, 'thesis.txt'), 'utf8')).toBe('all of it');
  });

  test.each([
    ['a data folder without stations', ['--data', path.join(sampleFolder, '310198B01')]],
    ['a port that is none', ['--port', '70000']],
    ['a number of stations that is none', ['--stations', 'many']],
    ['an option it does not know', ['--bogus']],
  ])('%s, as wrong usage', async (_, args) => {
    await using folder = await temporaryFolder();
    expect((await startToEnd('--state', path.join(folder.path, 'state'), ...args)).code).toBe(2);
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
      String(await findPorts(2)),
    );
    expect(stderr).toContain('310198B01/donations.csv: ');
    expect(code).toBe(1);
  });
});

describe('a federation of two stations', () => {
  test('keeps its folder to itself, leaves nothing running when its starter is killed, and starts again from that', async () => {
    await using folder = await temporaryFolder();
    const state = path.join(folder.path, 'state');
    const port = await findPorts(3);
    const first = await start(state, port, '--stations', '2');
    const second = await startToEnd('--state', state, '--port', String(await findPorts(3)), '--stations', '2');
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('in use by a running federation') as string,
    });

    const running = await first.running();
    expect(pidsOf(running)).toHaveLength(4);
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
    const port = await findPorts(3);
    const args = ['--state', state, '--port', String(port), '--stations', '2'];
    // The gateway answers before its stations do: this is in the middle of things.
    const stopped = startToEnd(...args);
    await eventually('the gateway has come up', () => isListening(port));
    const lock: unknown = JSON.parse(await readFile(path.join(state, 'lock'), 'utf8'));
    const pid =
      typeof lock === 'object' && lock !== null && 'pid' in lock && typeof lock.pid === 'number' ? lock.pid : 0;
    process.kill(pid, 'SIGINT');
    expect((await stopped).code).toBe(130);
    expect(await isListening(port)).toBe(false);

    await using again = await start(state, port, '--stations', '2');
    expect(again.said()).toContain('Imported');
  });
});

describe('lookout without a federation', () => {
  test.each([
    [['stations'], 4],
    [['check', '--station', '330198B01', '--document', '01:1', '--procedure', 'PLATELETS'], 4],
    [['import', sampleFolder], 4],
    [['import', '/no/such/folder'], 2],
    [['check', '--file', '/no/such/file'], 2],
    [['check'], 2],
    [['bogus'], 2],
    [['--help'], 0],
    [['check', '--help'], 0],
  ])('%j exits with %d', async (args, exitCode) => {
    await using folder = await temporaryFolder();
    const isHelp = args.includes('--help');
    const { code, stderr } = await lookout(...args, ...(isHelp || args[0] === 'bogus' ? [] : ['--state', folder.path]));
    expect(code).toBe(exitCode);
    expect(stderr).not.toContain('    at ');
  });
});
