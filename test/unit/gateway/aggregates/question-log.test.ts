/** Who asked for which figures, on a real disk. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createQuestionLog, questionFile, readQuestions } from '#gateway/aggregates/question-log.ts';
import type { AskedFigures } from '#gateway/aggregates/question-log.ts';
import { Pseudonym } from '#schema/caller.ts';
import { RegulatorCode } from '#schema/ids.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-questions-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = () => path.join(folder, questionFile);
const read = async () => readQuestions(await readFile(file(), 'utf8'));

const asked = (requestId: string): AskedFigures => ({
  at: '2026-11-22T08:00:00.000Z',
  regulator: RegulatorCode.parse('R31'),
  subject: Pseudonym.parse('an-inspector'),
  requestId,
  input: { measure: 'DONATIONS', area: 'REGION', period: 'YEAR', from: 2024, to: 2024, split: false },
  outcome: 'SHOWN',
  figures: null,
});

async function write(...ids: readonly string[]): Promise<void> {
  const questions = createQuestionLog(folder);
  try {
    await Promise.all(ids.map((id) => questions.write(asked(id))));
  } finally {
    await questions.close();
  }
}

const idsIn = ({ lines }: Awaited<ReturnType<typeof read>>) => lines.map(({ requestId }) => requestId);

test('questions that come at once are written one after the other, and on from there after a restart', async () => {
  await write('a', 'b', 'c');
  await write('d');
  const all = await read();
  expect(idsIn(all)).toEqual(['a', 'b', 'c', 'd']);
  expect(all).toMatchObject({ brokenAt: null });
});

test('a line that was cut off by a crash is taken away', async () => {
  await write('a');
  await appendFile(file(), '{"number":2,"bef');
  await write('b');
  expect(idsIn(await read())).toEqual(['a', 'b']);
});

test.each([
  ['changed', (lines: string[]) => lines.map((line, at) => (at === 1 ? line.replace('R31', 'R32') : line)), 3],
  ['taken out', (lines: string[]) => lines.toSpliced(1, 1), 2],
  ['put in', (lines: string[]) => lines.toSpliced(1, 0, lines[1] ?? ''), 3],
  ['no JSON', (lines: string[]) => lines.with(1, 'nothing'), 2],
])('a line that is %s is found, and nothing is written after it', async (_, spoil, brokenAt) => {
  await write('a', 'b', 'c');
  const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n');
  const spoilt = `${spoil(lines).join('\n')}\n`;
  await writeFile(file(), spoilt);
  expect((await read()).brokenAt).toBe(brokenAt);
  await expect(write('d')).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(await readFile(file(), 'utf8')).toBe(spoilt);
});

test('when somebody else has written meanwhile, a question fails and the next goes on after theirs', async () => {
  const [one, other] = [createQuestionLog(folder), createQuestionLog(folder)];
  try {
    await one.write(asked('a'));
    await other.write(asked('b'));
    await expect(one.write(asked('lost'))).rejects.toMatchObject({ code: 'INTERNAL' });
    await one.write(asked('c'));
    expect(idsIn(await read())).toEqual(['a', 'b', 'c']);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});
