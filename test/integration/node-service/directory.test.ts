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

test('a station that is the only member believes not even that past the hard end of its directory', async () => {
  await using directory = await createDirectoryFile([memberOf(code)]);
  await using station = await startStation({ code, directoryFile: directory.file });
  const question = `{ eligibility(donor: { document: { type: PASSPORT, number: "NOBODY1" } }, procedure: WHOLE_BLOOD) {
    ... on Decision { verdict coverage { complete stations { station state fault } } }
  } }`;
  const check = async () => (await station.ask(question)).data?.['eligibility'];
  const coverage = (state: string, fault: string | null) => ({
    complete: fault === null,
    stations: [{ station: code, state, fault }],
  });
  expect(await check()).toEqual({ verdict: 'ELIGIBLE', coverage: coverage('OWN', null) });
  const past = '2026-11-21T03:59:59.999Z';
  await directory.write([memberOf(code)], { softUntil: past, hardUntil: past });
  await expect
    .poll(check, { timeout: 10_000 })
    .toEqual({ verdict: 'INDETERMINATE', coverage: coverage('MISSING', 'DIRECTORY_EXPIRED') });
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
