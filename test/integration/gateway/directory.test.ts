import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { Policy } from '#schema/directory.ts';
import type { Member } from '#schema/directory.ts';
import { openDirectory } from '#server/directory-file.ts';

import { startGateway } from './gateway.ts';
import { memberAt, startStandIn } from './stand-in.ts';

const shanghai = memberAt('310198B01', 'http://127.0.0.1:4001');
const jiangsu = memberAt('320198B01', 'http://127.0.0.1:4002');

async function withFile(use: (file: string, write: (content: unknown) => Promise<void>) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'lookout-directory-'));
  const file = join(folder, 'directory.json');
  const write = (content: unknown) => writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  try {
    await use(file, write);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Opens the file and collects what is logged, by message. */
async function open(file: string) {
  const lines: { msg: string; problem?: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as { msg: string }) });
  const directory = await openDirectory(file, { log });
  const changed = () =>
    new Promise<number>((resolve) => {
      const end = directory.onChange(({ version }) => {
        end();
        resolve(version);
      });
    });
  const refused = () => lines.filter(({ msg }) => msg.startsWith('directory refused'));
  return { directory, changed, refused };
}

describe('the directory file', () => {
  const version = (number: number, members: readonly Member[] = [shanghai]) => ({
    version: number,
    policy: Policy.parse({}),
    members,
  });

  test('is taken again when it is written in place and when it is replaced', async () => {
    await withFile(async (file, write) => {
      await write(version(1));
      const { directory, changed } = await open(file);
      const inPlace = changed();
      await write(version(2, [shanghai, jiangsu]));
      expect(await inPlace).toBe(2);
      const replaced = changed();
      await writeFile(`${file}.new`, JSON.stringify(version(3)));
      await rename(`${file}.new`, file);
      expect(await replaced).toBe(3);
      expect(directory.current()).toEqual(version(3));
      directory.stop();
    });
  });

  test.for([
    ['half a document', '{"version": 3, "mem'],
    ['a member without a code', { version: 3, members: [{ ...shanghai, code: undefined }] }],
    ['a member twice', { version: 3, members: [shanghai, shanghai] }],
    ['an older version', { version: 1, members: [jiangsu] }],
    ['other members under the same version', { version: 2, members: [jiangsu] }],
  ] as const)('is refused with one line when it has %s, and the old one stays', async ([, broken]) => {
    await withFile(async (file, write) => {
      await write(version(2));
      const { directory, changed, refused } = await open(file);
      await write(broken);
      await expect.poll(() => refused().length, { timeout: 5_000 }).toBe(1);
      expect(directory.current()).toEqual(version(2));
      const mended = changed();
      await write(version(3));
      expect(await mended).toBe(3);
      expect(refused()).toHaveLength(1);
      directory.stop();
    });
  });

  test('cannot be opened when it is missing or broken', async () => {
    await withFile(async (file, write) => {
      await expect(open(file)).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
      await write('[]');
      await expect(open(file)).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
    });
  });
});

test('stations join, leave and come back under load, and no request fails', async () => {
  const codes = ['310198B01', '320198B01', '330198B01', '340198B01'];
  const stations = await Promise.all(codes.map((code) => startStandIn(code)));
  const members = stations.map(({ member }) => member);
  await using gateway = await startGateway(members.slice(0, 1), { deadlineMs: 10_000 });

  const query = `query ($token: DonorToken!) { donor(token: $token) { coverage { complete stations { station state } } }
    stations { edges { node { code version } } } }`;
  const heard = new Set<number>();
  const problems: unknown[] = [];
  let loading = true;
  const load = Array.from({ length: 8 }, async () => {
    while (loading) {
      const answer = await gateway.ask(query, { token: 'A'.repeat(43) });
      const { donor } = answer.data as { donor: { coverage: { complete: boolean; stations: unknown[] } } };
      heard.add(donor.coverage.stations.length);
      if (answer.errors !== undefined || !donor.coverage.complete) problems.push(answer);
    }
  });

  const takenBy = async (chosen: readonly Member[]) => {
    heard.clear();
    await gateway.publish(chosen);
    await expect.poll(() => heard.has(chosen.length), { timeout: 10_000, interval: 5 }).toBe(true);
  };
  for (const chosen of [
    members,
    members.slice(2),
    members,
    members.slice(0, 1),
    members.toReversed(),
    members.slice(1),
  ]) {
    await takenBy(chosen);
  }
  loading = false;
  await Promise.all(load);
  expect(problems).toEqual([]);
  await Promise.all(stations.map((station) => station[Symbol.asyncDispose]()));
});

test('a station that moved is asked at its new address', async () => {
  await using old = await startStandIn('310198B01');
  await using moved = await startStandIn('310198B01');
  await using gateway = await startGateway([old.member]);
  const query = '{ station(code: "310198B01") { endpoint version } }';
  await gateway.ask(query);
  await gateway.publish([moved.member]);
  await gateway.logged('directory taken');
  const { data } = await gateway.ask(query);
  expect(data?.['station']).toEqual({ endpoint: moved.member.endpoint, version: '1.2.3' });
  expect(moved.asked).toHaveLength(1);
});
