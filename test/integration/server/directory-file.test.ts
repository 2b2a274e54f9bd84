import { mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import canonicalize from 'canonicalize';
import { FlattenedSign, importJWK } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { directoryType, thumbprintOf } from '#schema/directory.ts';
import type { Authorities, Directory } from '#schema/directory.ts';
import { openDirectory } from '#server/directory/file.ts';
import type { DirectoryFile } from '#server/directory/file.ts';
import { takenInFile } from '#server/directory/taken.ts';
import { directoryOf, memberOf, signedText, testAuthorities } from '#test/support/directory.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';

const shanghai = memberOf('310198B01');
const jiangsu = memberOf('320198B01');
const version = (number: number, members = [shanghai]) => directoryOf(members, { version: number });

let folder: string;
let file: string;
const opened: DirectoryFile[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lookout-directory-'));
  file = path.join(folder, 'directory.json');
});
afterEach(async () => {
  for (const directory of opened.splice(0)) directory.stop();
  await rm(folder, { recursive: true });
});

const write = async (content: Directory | string) =>
  writeFile(file, typeof content === 'string' ? content : await signedText(content));

/** Opens the file and collects what is logged. */
async function open(authorities: Authorities = testAuthorities, now = Date.now) {
  const lines: { msg: string; outcome?: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as { msg: string }) });
  const directory = await openDirectory(file, { authorities, taken: takenInFile(`${file}.taken`), log, now });
  opened.push(directory);
  const changed = () =>
    new Promise<number>((resolve) => {
      const end = directory.onChange(({ version: taken }) => {
        end();
        resolve(taken);
      });
    });
  const refused = () => lines.filter(({ msg }) => msg.startsWith('directory refused'));
  return { directory, changed, refused };
}

/** Any text, signed by the authority. */
async function signedAs(text: string, typ: string = directoryType): Promise<string> {
  const key = testSigningKey('authority');
  const { payload, signature, ...rest } = await new FlattenedSign(Buffer.from(text))
    .setProtectedHeader({ alg: 'EdDSA', typ, kid: thumbprintOf(key) })
    .sign(await importJWK({ ...key }, 'EdDSA'));
  return JSON.stringify({ payload, signatures: [{ protected: rest.protected, signature }] });
}

/** What a file or a neighbour may bring in the place of version 3. */
const broken: readonly (readonly [string, string, () => Promise<string>])[] = [
  ['half a document', 'BROKEN', async () => (await signedText(version(3))).slice(0, 300)],
  ['a directory that nobody signed', 'UNSIGNED', () => signedText(version(3), [])],
  ['the signature of a stranger', 'UNSIGNED', () => signedText(version(3), [testSigningKey('a stranger')])],
  ['the signature of a member', 'UNSIGNED', () => signedText(version(3), [testSigningKey('310198B01')])],
  [
    'words that were changed after they were signed',
    'BROKEN',
    async () => {
      const { signatures } = JSON.parse(await signedText(version(3))) as { signatures: unknown };
      return JSON.stringify({ ...(JSON.parse(await signedText(version(3, [jiangsu]), [])) as object), signatures });
    },
  ],
  ['another text of the same directory', 'BROKEN', () => signedAs(JSON.stringify(version(3), null, 1))],
  ['a field twice', 'BROKEN', () => signedAs(`{"version":3,${JSON.stringify(version(3)).slice(1)}`)],
  ['a field that nobody knows', 'BROKEN', () => signedAs(canonicalize({ ...version(3), extra: 1 }) ?? '')],
  ['a signature of another kind', 'UNSIGNED', () => signedAs(canonicalize(version(3)) ?? '', 'lookout-event+jws')],
  ['an older version', 'OLDER', () => signedText(version(1, [jiangsu]))],
  ['other members under the same version', 'EQUIVOCATION', () => signedText(version(2, [jiangsu]))],
  ['more than any directory needs', 'BROKEN', () => Promise.resolve(`"${' '.repeat(9_000_001)}"`)],
];

describe('the directory file', () => {
  test('is taken again when it is written in place and when it is replaced', async () => {
    await write(version(1));
    const { directory, changed } = await open();
    const inPlace = changed();
    await write(version(2, [shanghai, jiangsu]));
    expect(await inPlace).toBe(2);
    const replaced = changed();
    await writeFile(`${file}.new`, await signedText(version(3)));
    await rename(`${file}.new`, file);
    expect(await replaced).toBe(3);
    expect(directory.current()).toEqual(version(3));
  });

  test.for(broken)('is refused with one line when it has %s, and the old one stays', async ([, , text]) => {
    await write(version(2));
    const { directory, changed, refused } = await open();
    await write(await text());
    await expect.poll(() => refused().length, { timeout: 5_000 }).toBe(1);
    expect(directory.current()).toEqual(version(2));
    const mended = changed();
    await write(version(3));
    expect(await mended).toBe(3);
    expect(refused()).toHaveLength(1);
  });

  test('cannot be opened when it is missing or broken, or not signed by whom the service trusts', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
    await write('[]');
    await expect(open()).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
    await write(version(1));
    const [key] = testAuthorities.keys;
    if (key === undefined) throw new Error('no authority');
    const { kid, kty, crv, x } = testPublicKey('somebody else');
    const others = { threshold: 1, keys: [{ kid, kty, crv, x, name: 'Somebody else' }] };
    await expect(open(others)).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' });
  });

  test('that is put back to an older one while the service is down is refused (rollback), and what was taken stands', async () => {
    await write(version(1));
    const old = await readFile(file, 'utf8');
    const first = await open();
    await write(version(2));
    await expect.poll(() => first.directory.current().version).toBe(2);
    first.directory.stop();
    await write(old);
    const { directory, refused } = await open();
    expect(directory.current()).toEqual(version(2));
    expect(refused()).toMatchObject([{ outcome: 'OLDER' }]);
  });

  test('that is lost while the service is down is made up for by what was taken', async () => {
    await write(version(5));
    (await open()).directory.stop();
    await rm(file);
    expect((await open()).directory.current()).toEqual(version(5));
  });
});

describe('a directory that somebody brings', () => {
  test.for(broken)('with %s is refused as %s', async ([, outcome, text]) => {
    await write(version(2));
    const { directory } = await open();
    expect(await directory.take(await text(), 'a neighbour')).toMatchObject({ outcome });
    expect(directory.current()).toEqual(version(2));
  });

  test('is taken when it is newer, kept in the file, and known from then on', async () => {
    await write(version(2));
    const { directory, changed } = await open();
    const heard = changed();
    const text = await signedText(version(4));
    expect(await directory.take(text, 'a neighbour')).toMatchObject({ outcome: 'TAKEN' });
    expect(await heard).toBe(4);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await directory.take(text, 'another')).toMatchObject({ outcome: 'KNOWN' });
  });

  test('under a version that says something else here stays as evidence, and /readyz tells', async () => {
    await write(version(2));
    const { directory } = await open();
    const other = await signedText(version(2, [jiangsu]));
    await directory.take(other, 'a neighbour');
    const [evidence = ''] = (await readdir(folder)).filter((name) => name.includes('equivocation-2'));
    expect(JSON.parse(await readFile(path.join(folder, evidence), 'utf8'))).toEqual({
      kept: directory.signed().text,
      refused: other,
    });
    expect(directory.check()).toMatchObject({ ok: true, detail: expect.stringContaining('signed twice') as string });
  });
});

describe('the authorities', () => {
  const keyOf = (name: string) => {
    const { kid, kty, crv, x } = testPublicKey(name);
    return { kid, kty, crv, x, name };
  };
  const group = (threshold: number, ...names: string[]): Authorities => ({ threshold, keys: names.map(keyOf) });
  const three = group(2, 'A1', 'A2', 'A3');
  const signedBy = (number: number, authorities: Authorities, ...names: string[]) =>
    signedText(directoryOf([shanghai], { version: number, authorities }), names.map(testSigningKey));

  test('are two of three: one is too few, and twice the same is one', async () => {
    await write(await signedBy(1, three, 'A1', 'A2'));
    const { directory } = await open(three);
    expect(await directory.take(await signedBy(2, three, 'A1'), '')).toMatchObject({ outcome: 'UNSIGNED' });
    const signed = JSON.parse(await signedBy(2, three, 'A1')) as { signatures: object[] };
    const twice = JSON.stringify({ ...signed, signatures: [...signed.signatures, ...signed.signatures] });
    expect(await directory.take(twice, '')).toMatchObject({ outcome: 'UNSIGNED' });
    expect(await directory.take(await signedBy(2, three, 'A3', 'A2'), '')).toMatchObject({ outcome: 'TAKEN' });
  });

  test('change only with enough of the old and enough of the new', async () => {
    await write(await signedBy(1, three, 'A1', 'A2'));
    const { directory } = await open(three);
    const next = group(2, 'B1', 'B2');
    expect(await directory.take(await signedBy(2, next, 'B1', 'B2'), '')).toMatchObject({ outcome: 'UNSIGNED' });
    expect(await directory.take(await signedBy(2, next, 'A1', 'A2', 'B1'), '')).toMatchObject({ outcome: 'UNSIGNED' });
    const whole = await signedBy(2, next, 'A1', 'A2', 'B1', 'B2');
    expect(await directory.take(whole, '')).toMatchObject({ outcome: 'TAKEN' });
    expect(await directory.take(await signedBy(3, three, 'A1', 'A2'), '')).toMatchObject({ outcome: 'UNSIGNED' });
    expect(await directory.take(await signedBy(3, next, 'B1', 'B2'), '')).toMatchObject({ outcome: 'TAKEN' });
    expect(directory.rotations()).toEqual([whole]);
  });

  test('of today are found again after a restart from those of the installation', async () => {
    const next = group(1, 'B1');
    await write(await signedBy(1, three, 'A1', 'A2'));
    const first = (await open(three)).directory;
    await first.take(await signedBy(2, next, 'A1', 'A2', 'B1'), '');
    await first.take(await signedBy(3, next, 'B1'), '');
    first.stop();
    const { directory } = await open(three);
    expect(directory.current().version).toBe(3);
    expect(await directory.take(await signedBy(4, three, 'A1', 'A2'), '')).toMatchObject({ outcome: 'UNSIGNED' });
  });
});

describe('a directory in time', () => {
  const day = (number: number) => Date.parse(`2026-11-${String(number).padStart(2, '0')}T00:00:00Z`);
  const terms = { softUntil: '2026-11-10T00:00:00.000Z', hardUntil: '2026-11-20T00:00:00.000Z' };

  test.for([
    [9, 'FRESH', true],
    [10, 'SOFT_EXPIRED', true],
    [20, 'HARD_EXPIRED', false],
  ] as const)('is on day %i %s', async ([number, standing, ok]) => {
    await write(directoryOf([shanghai], terms));
    const { directory } = await open(testAuthorities, () => day(number));
    expect(directory.standing()).toBe(standing);
    expect(directory.check().ok).toBe(ok);
  });
});
