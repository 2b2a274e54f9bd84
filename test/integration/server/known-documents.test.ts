/** Which documents a service answers in production, and how they are named. */
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDoor } from '#scripts/bench/open-door.ts';
import type { Door } from '#server/http/door.ts';
import { Answer, startSmallServer } from './small-server.ts';

const idOf = (document: string) => `sha256:${hash('sha256', document)}`;
const known = '{ hello }';
const change = 'mutation { touch }';
const other = '{ requestId }';
const documents = new Map([known, change].map((document) => [idOf(document), document]));

const strangers: Door = {
  async admit(knock) {
    const visit = await openDoor.admit(knock);
    return { ...visit, caller: { ...visit.caller, rights: [] } };
  },
};

const start = (options: Parameters<typeof startSmallServer>[0] = {}) =>
  startSmallServer({ documents, door: strangers, ...options });

const codeOf = async (response: Response) =>
  `${response.status} ${String(Answer.parse(await response.json()).errors?.[0]?.extensions['code'])}`;

test('a known document is answered by its id and by its text, by POST and by GET', async () => {
  await using small = await start();
  const search = new URLSearchParams({ documentId: idOf(known) });
  const answers = [
    await small.post({ documentId: idOf(known) }),
    await small.post({ query: known }),
    await fetch(new URL(`?${search.toString()}`, small.endpoint)),
  ];
  for (const answer of answers) expect(await answer.json()).toEqual({ data: { hello: 'hello' } });
});

test.each([
  ['a text that is not known', { query: other }],
  ['a known text with a blank more', { query: `${known} ` }],
  ['a text that is not even GraphQL', { query: '{'.repeat(50_000) }],
  ['an id that is not known', { documentId: idOf(other) }],
  ['an id in capitals', { documentId: idOf(known).toUpperCase() }],
  ['half an id', { documentId: idOf(known).slice(0, 40) }],
  ['a hash without its prefix', { documentId: hash('sha256', known) }],
  ['the id of another algorithm', { documentId: `md5:${hash('md5', known)}` }],
  ['a path', { documentId: '../../../etc/passwd' }],
  ['a path behind the prefix', { documentId: 'sha256:../../schema/operations/manifest.json' }],
  ['a file', { documentId: 'file:///etc/passwd' }],
  ['a property every object has', { documentId: '__proto__' }],
  ['a name every object has', { documentId: 'constructor' }],
  ['a null byte', { documentId: `${idOf(known)}\0` }],
  ['nothing', { documentId: '' }],
])('%s is answered by 404 before anything is parsed', async (_name, body) => {
  await using small = await start();
  expect(await codeOf(await small.post(body))).toBe('404 DOCUMENT_UNKNOWN');
  expect(small.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
});

test.each([
  ['a number for an id', { documentId: 1 }],
  ['a list of ids', { documentId: [idOf(known)] }],
  ['an id and a text', { documentId: idOf(known), query: known }],
  ['neither', {}],
])('%s is malformed', async (_name, body) => {
  await using small = await start();
  expect(await codeOf(await small.post(body))).toBe('400 BAD_REQUEST');
});

test('a change is not made by GET, whichever way it is named', async () => {
  await using small = await start();
  for (const name of [{ documentId: idOf(change) }, { query: change }]) {
    const search = new URLSearchParams(name).toString();
    expect(await codeOf(await fetch(new URL(`?${search}`, small.endpoint)))).toBe('405 METHOD_NOT_ALLOWED');
  }
});

test('a document that somebody with the right has sent does not become known to others', async () => {
  let rights: readonly 'OPEN_DOCUMENTS'[] = ['OPEN_DOCUMENTS'];
  const door: Door = {
    async admit(knock) {
      const visit = await openDoor.admit(knock);
      return { ...visit, caller: { ...visit.caller, rights } };
    },
  };
  await using small = await start({ door });
  expect((await small.post({ query: other })).status).toBe(200);
  rights = [];
  expect(await codeOf(await small.post({ query: other }))).toBe('404 DOCUMENT_UNKNOWN');
  expect(await codeOf(await small.post({ documentId: idOf(other) }))).toBe('404 DOCUMENT_UNKNOWN');
});

test('in development every document is answered', async () => {
  await using small = await start({ production: false });
  expect((await small.post({ query: other })).status).toBe(200);
});
