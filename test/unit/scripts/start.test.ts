import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CommanderError } from '@commander-js/extra-typings';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { place, writeDirectory } from '#scripts/start/directory.ts';
import { lastWords, rotate } from '#scripts/start/log-file.ts';
import { takeLock } from '#scripts/start/lock.ts';
import { isRecentNode } from '#scripts/start/node-version.ts';
import { parseOptions } from '#scripts/start/options.ts';
import { identityOf, isRunning } from '#scripts/start/process-identity.ts';
import { pauseBefore } from '#scripts/start/service.ts';
import { Authorities } from '#schema/directory.ts';
import { findPublished } from '#scripts/lookout/directory/published.ts';
import { layoutOf } from '#scripts/start/layout.ts';
import { ensureSigningKey, findSigningKey } from '#scripts/start/signing-key.ts';
import type { LogEngine } from '#scripts/start/donor-log.ts';
import { openState } from '#scripts/start/state-folder.ts';
import { parseStations } from '#scripts/start/stations-csv.ts';
import { ensureSecretKey } from '#scripts/start/secret-key.ts';
import { proveDirectory } from '#server/directory/prove.ts';
import { signDirectory, unsignedDirectory } from '#server/directory/sign.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);
const layout = () => layoutOf(folder);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-unit-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const csv = (...lines: string[]) => Buffer.from(['code,kind,province,name_zh,name_en', ...lines].join('\n'));
const stations = parseStations(csv('310198B01,BLOOD,31,甲,A', '330798P01,PLASMA,33,乙,B'));

describe('the options of npm start', () => {
  test('have defaults', () => {
    expect(parseOptions([])).toEqual({ state: '.lookout', fresh: false, kafka: false, port: 4000 });
  });

  test('are numbers where numbers are meant', () => {
    expect(parseOptions(['--port', '5000', '--stations', '3', '--fresh', '--data', 'x'])).toMatchObject({
      port: 5000,
      stations: 3,
      fresh: true,
      data: 'x',
    });
  });

  test.each([
    ['--port', '0'],
    ['--port', '70000'],
    ['--stations', 'many'],
    ['--stations', '0'],
    ['--bogus', '1'],
    ['surplus', 'words'],
  ])('are refused when they make no sense: %s %s', (name, value) => {
    expect(() => parseOptions([name, value])).toThrow(CommanderError);
  });
});

describe('stations.csv', () => {
  test('gives members in its order, whatever the order of its columns and whatever else it has', () => {
    const [first] = parseStations(
      Buffer.from('\uFEFFnote,name_en,name_zh,province,kind,code\nx,A,甲,31,BLOOD,310198B01\n'),
    );
    expect(first).toEqual({ code: '310198B01', kind: 'BLOOD', province: '31', nameZh: '甲', nameEn: 'A' });
  });

  test.each([
    ['a code that is none', ['310198X01,BLOOD,31,甲,A'], /row 1/],
    ['a kind that is none', ['310198B01,MILK,31,甲,A'], /row 1/],
    ['a station twice', ['310198B01,BLOOD,31,甲,A', '310198B01,BLOOD,31,甲,A'], /twice/],
    ['no station', [], /no station/],
  ])('is refused with %s', (_, lines, words) => {
    expect(() => parseStations(csv(...lines))).toThrow(words);
  });
});

describe('the directory', () => {
  const trusted = async () => Authorities.parse(JSON.parse(await readFile(layout().authorities, 'utf8')));
  const stands = async (file = layout().directory) => {
    const proved = await proveDirectory(await readFile(file, 'utf8'), await trusted());
    if (!('directory' in proved)) throw new Error(proved.problem);
    return proved.directory;
  };

  test('rises in version when an address changes, and only then', async () => {
    const versions: unknown[] = [];
    for (const gatewayPort of [4000, 4000, 5000]) {
      await writeDirectory(layout(), { stations: place(stations, gatewayPort), gatewayPort, keyOf: new Map() });
      versions.push(await stands());
    }
    expect(versions).toMatchObject([{ version: 1 }, { version: 1 }, { version: 2 }]);
    expect(versions[2]).toMatchObject({
      gateways: [{ code: 'G01', endpoint: 'http://127.0.0.1:5000' }],
      members: [{ endpoint: 'http://127.0.0.1:5001', status: 'ACTIVE' }, { endpoint: 'http://127.0.0.1:5002' }],
    });
  });

  test('is signed by two of three authorities, lies where every service looks, and keeps what an operator decided', async () => {
    const parts = { stations: place(stations, 4000), gatewayPort: 4000, keyOf: new Map() };
    await writeDirectory(layout(), parts);
    const first = await stands(layout().directoryOf('gateway'));
    expect(await trusted()).toMatchObject({ threshold: 2, keys: [{ name: 'A1' }, { name: 'A2' }, { name: 'A3' }] });
    // A service took a newer one while it ran.
    const [member, ...others] = first.members;
    if (member === undefined) throw new Error('no member');
    const since = '2026-11-21T00:00:00.000Z';
    const suspended = { ...member, status: 'SUSPENDED' as const, suspensions: [{ since, until: null }] };
    let signed = unsignedDirectory({ ...first, version: 7, members: [suspended, ...others] });
    for (const name of ['A1', 'A3']) {
      const key = await findSigningKey(layout().authorityKeyOf(name));
      if (key !== undefined) signed = await signDirectory(signed, key);
    }
    await writeFile(layout().directoryOf(member.code), JSON.stringify(signed));
    await writeDirectory(layout(), { ...parts, gatewayPort: 4000, stations: place(stations, 6000) });
    expect(await stands()).toMatchObject({ version: 8, members: [{ status: 'SUSPENDED' }, { status: 'ACTIVE' }] });
    expect(await stands(layout().directoryOf('gateway'))).toMatchObject({ version: 8 });
  });
});

describe('the signing key', () => {
  test('is made once, for its owner alone; the directory keeps since when it is in use, and a new key joins the old', async () => {
    const [station] = place(stations, 4000);
    if (station === undefined) throw new Error('no station');
    const write = async () => {
      const key = await ensureSigningKey(at('keys/a.jwk'));
      const keyOf = new Map([[station.code, key]]);
      await writeDirectory(layout(), { stations: [station], gatewayPort: 4000, keyOf });
      const authorities = Authorities.parse(JSON.parse(await readFile(layout().authorities, 'utf8')));
      return (await findPublished(layout(), authorities))?.directory.members[0]?.keys;
    };
    const first = await write();
    expect(first).toHaveLength(1);
    expect((await stat(at('keys/a.jwk'))).mode & 0o777).toBe(0o600);
    expect((await stat(layout().authorityKeyOf('A1'))).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(first)).not.toContain('"d"');
    expect(await write()).toEqual(first);
    await rm(at('keys/a.jwk'));
    expect(await write()).toEqual([...(first ?? []), expect.anything()]);
    await writeFile(at('keys/a.jwk'), 'half');
    await expect(ensureSigningKey(at('keys/a.jwk'))).rejects.toThrow('broken');
  });
});

describe('the token key', () => {
  test('is made once, for its owner alone, and never in the place of a broken one', async () => {
    await ensureSecretKey(at('token.key'), 'token key');
    const first = await readFile(at('token.key'), 'utf8');
    await ensureSecretKey(at('token.key'), 'token key');
    expect(first).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await readFile(at('token.key'), 'utf8')).toBe(first);
    expect((await stat(at('token.key'))).mode & 0o777).toBe(0o600);
    await writeFile(at('token.key'), 'half');
    await expect(ensureSecretKey(at('token.key'), 'token key')).rejects.toThrow('broken');
  });
});

describe('the lock of a state folder', () => {
  test('is held by one at a time and can be taken again once it is given back', async () => {
    const release = await takeLock(at('lock'), folder);
    await expect(takeLock(at('lock'), folder)).rejects.toThrow('in use by a running federation');
    await release();
    await (
      await takeLock(at('lock'), folder)
    )();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['whose process is gone', async () => JSON.stringify(identityOf(await endedPid()))],
    [
      "whose process number is somebody else's by now",
      () => Promise.resolve(JSON.stringify({ pid: process.pid, born: 'long ago' })),
    ],
    ['that was written half', () => Promise.resolve('{"pid":')],
  ])('%s is taken over', async (_, text) => {
    await writeFile(at('lock'), await text());
    await (
      await takeLock(at('lock'), folder)
    )();
  });
});

async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('a process is known by its birth, not by its number alone', () => {
  const me = identityOf(process.pid);
  expect(isRunning(me)).toBe(true);
  expect(isRunning({ ...me, born: me.born === null ? null : `${me.born}1` })).toBe(me.born === null);
});

describe('the state folder', () => {
  const open = (options: { data?: string; fresh?: boolean; log?: LogEngine } = {}) =>
    openState({
      state: at('state'),
      data: options.data,
      fresh: options.fresh ?? false,
      log: options.log ?? 'embedded',
    });

  test('stays with the engine its donor log began with', async () => {
    await (await open()).release();
    await expect(open({ log: 'kafka' })).rejects.toThrow('start without --kafka');
    await (await open({ log: 'kafka', fresh: true })).release();
    await expect(open()).rejects.toThrow('start with --kafka');
  });

  test('remembers whose data it holds, and says so when other data is asked for', async () => {
    await writeFile(at('stations.csv'), csv('310198B01,BLOOD,31,甲,A'));
    const first = await open({ data: folder });
    await first.release();
    await rm(at('stations.csv'));
    const second = await open();
    await second.release();
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second).toMatchObject({ data: folder, stations: [{ code: '310198B01' }] });

    await writeFile(path.join(folder, 'state', 'token.key'), 'kept');
    await expect(open({ data: path.join(import.meta.dirname, '../../../scripts/sample') })).rejects.toThrow(
      'holds the data of',
    );
    expect(await readFile(path.join(folder, 'state', 'token.key'), 'utf8')).toBe('kept');
    const fresh = await open({ fresh: true });
    await fresh.release();
    expect(fresh.stations).toHaveLength(10);
    expect((await readdir(at('state'))).toSorted()).toEqual(['imported', 'logs', 'state.json']);
  });
});

describe('a state folder that cannot be used', () => {
  const open = (state: string, fresh = false) => openState({ state, data: undefined, fresh, log: 'embedded' });

  test.each([
    ['is of another version', 'state.json', '{"format":99}', 1, 'another version'],
    ['is half written', 'state.json', '{"format":2,"da', 1, 'is broken'],
    ['has lost its record', 'postgres', 'x', 1, 'is broken'],
    ["is somebody else's", 'thesis.txt', 'all of it', 2, 'holds other files'],
  ])('because it %s is left as it is, without a lock', async (_, name, text, exitCode, words) => {
    await writeFile(at(name), text);
    await expect(open(folder)).rejects.toMatchObject({ exitCode, message: expect.stringContaining(words) as string });
    expect(await readdir(folder)).toEqual([name]);
    expect(await readFile(at(name), 'utf8')).toBe(text);
  });

  test('because it is a file or its place is not there to be made', async () => {
    await writeFile(at('file'), '');
    await expect(open(at('file'))).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('is not a folder') as string,
    });
    await expect(open(path.join(at('file'), 'state'))).rejects.toMatchObject({ exitCode: 1 });
  });

  test("is never emptied when it is somebody else's, and is when it is ours, however broken", async () => {
    await writeFile(at('thesis.txt'), 'all of it');
    await expect(open(folder, true)).rejects.toMatchObject({ exitCode: 2 });
    await rm(at('thesis.txt'));
    await writeFile(at('state.json'), 'broken');
    await writeFile(at('postgres'), 'x');
    await (await open(folder, true)).release();
    expect((await readdir(folder)).toSorted()).toEqual(['imported', 'logs', 'state.json']);
  });

  test('because the data it is to hold is not there', async () => {
    await expect(
      openState({ state: at('state'), data: at('nothing'), fresh: false, log: 'embedded' }),
    ).rejects.toMatchObject({
      exitCode: 2,
    });
  });
});

describe('log files', () => {
  test('are turned over when they are long', async () => {
    await writeFile(at('a.log'), 'short\n');
    await rotate(at('a.log'));
    expect(await readdir(folder)).toEqual(['a.log']);
    await writeFile(at('a.log'), 'x'.repeat(9 * 2 ** 20));
    await rotate(at('a.log'));
    expect((await stat(at('a.log'))).size).toBe(0);
    expect((await stat(at('a.log.1'))).size).toBe(9 * 2 ** 20);
  });

  test.each([
    [
      '{"level":30,"msg":"listening"}\n{"level":60,"msg":"could not \\"start\\""}\n{"level":30,"msg":"bye"}\n',
      'could not \\"start\\"',
    ],
    ['node:internal\n\nTypeError: no\n    at x\n\nNode.js v24\n', 'TypeError: no'],
    ['', 'it said nothing'],
  ])('tell why a service ended: %j', async (text, words) => {
    await writeFile(at('a.log'), text);
    expect(await lastWords(at('a.log'))).toBe(words);
  });
});

test('a service that keeps ending is started again more and more slowly', () => {
  expect([0, 1, 2, 6, 50].map(pauseBefore)).toEqual([500, 1000, 2000, 30_000, 30_000]);
});

test('Node is recent enough from 24.12 on', () => {
  expect(['20.20.2', '24.11.9', '24.12.0', '26.0.0'].map(isRecentNode)).toEqual([false, false, true, true]);
});
