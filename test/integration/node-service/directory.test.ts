/** A station and its directory: what its database remembers, what its routes give and take. */
import { readFile, writeFile } from 'node:fs/promises';

import { request } from 'undici';
import { expect, test } from 'vitest';

import { Directory, SignedDirectory } from '#schema/directory.ts';
import { directoryOf, signedText, suspendedSince } from '#test/support/directory.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

const code = '310198B01';
const members = [memberOf(code), memberOf('320198B01')];

/** The directory a station gives to others. */
async function directoryAt(url: string): Promise<Directory> {
  const { body } = await request(new URL('directory', url));
  const { payload } = SignedDirectory.parse(await body.json());
  return Directory.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
}

test('an older directory that is put back while the station is down is refused: its database knows the newer one', async () => {
  await using directory = await createDirectoryFile(members);
  const old = await readFile(directory.file, 'utf8');
  await using station = await startStation({ code, directoryFile: directory.file });
  const newer = directoryOf([memberOf(code), memberOf('320198B01', suspendedSince())], { version: 7 });
  const { statusCode, body } = await request(new URL('directory', station.url), {
    method: 'POST',
    body: await signedText(newer),
  });
  expect({ statusCode, ...((await body.json()) as object) }).toMatchObject({ statusCode: 202, version: 7 });
  expect(await directoryAt(station.url)).toEqual(newer);
  expect(await readFile(directory.file, 'utf8')).toBe(await signedText(newer));

  await station.stop();
  await writeFile(directory.file, old);
  const lines: string[] = [];
  await using again = await startStation({
    code,
    directoryFile: directory.file,
    environment: { DATABASE_URL: station.databaseUrl },
    onLog: (line) => lines.push(line),
  });
  expect(await directoryAt(again.url)).toEqual(newer);
  expect(lines.filter((line) => line.includes('directory refused'))).toHaveLength(1);
  expect(lines.join()).toContain('version 1 is older than 7');
});

test('a directory that fewer than enough have signed changes nothing, whoever brings it', async () => {
  await using directory = await createDirectoryFile(members);
  await using station = await startStation({ code, directoryFile: directory.file });
  const { statusCode, body } = await request(new URL('directory', station.url), {
    method: 'POST',
    body: await signedText(directoryOf(members, { version: 9 }), []),
  });
  expect(statusCode).toBe(409);
  expect(await body.json()).toMatchObject({ outcome: 'UNSIGNED', version: 1 });
  expect((await directoryAt(station.url)).version).toBe(1);
});
