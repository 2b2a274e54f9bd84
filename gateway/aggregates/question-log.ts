/**
 * Who asked for which figures and what was shown: a file of lines of JSON, each with the hash of the line before it, so that
 * none can be changed or taken out without all after it. A line is on disk before the answer it is about leaves.
 */
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { AggregateInput } from '#schema/aggregates.ts';
import { Asker, MemberCode } from '#schema/caller.ts';
import { digestOf } from '#schema/digest.ts';
import { Fault } from '#schema/errors.ts';
import { Digest } from '#schema/ids.ts';

/** What is written down of a question. */
export const AskedFigures = z.object({
  at: z.iso.datetime(),
  regulator: MemberCode,
  subject: Asker.shape.subject,
  requestId: z.string(),
  /** What was asked; null when it was no question at all. */
  input: AggregateInput.nullable(),
  /** `SHOWN`, or the code of the refusal. */
  outcome: z.string(),
  /** The hash of the figures as JSON; null when it was refused. */
  figures: Digest.nullable(),
});
export type AskedFigures = z.infer<typeof AskedFigures>;

const QuestionLine = AskedFigures.extend({ number: z.int().min(1), before: Digest.nullable() });
export type QuestionLine = z.infer<typeof QuestionLine>;

/** The name of the file in its folder. */
export const questionFile = 'questions.jsonl';

export interface QuestionLog {
  /** Resolves once it is on disk. */
  write(asked: AskedFigures): Promise<void>;
  close(): Promise<void>;
}

/** What is read of the file, from its beginning up to the first line that is not what was written. */
export interface ReadQuestions {
  readonly lines: readonly QuestionLine[];
  /** The place of a line that does not follow from those before it; null when all do. */
  readonly brokenAt: number | null;
  /** The hash of the last line; null without one. */
  readonly last: Digest | null;
  /** How much of the file that is, in bytes. */
  readonly size: number;
}

function lineOf(text: string): QuestionLine | undefined {
  try {
    return QuestionLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Goes through all lines. A last one that was cut off told nobody anything. */
export function readQuestions(text: string): ReadQuestions {
  const lines: QuestionLine[] = [];
  let last: Digest | null = null;
  let size = 0;
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const written of whole.split('\n').slice(0, -1)) {
    const line = lineOf(written);
    if (line?.number !== lines.length + 1 || line.before !== last) {
      return { lines, brokenAt: lines.length + 1, last, size };
    }
    lines.push(line);
    last = digestOf(written);
    size += Buffer.byteLength(written) + 1;
  }
  return { lines, brokenAt: null, last, size };
}

/** @param folder made when it is first needed. */
export function createQuestionLog(folder: string): QuestionLog {
  let opened: Promise<FileHandle> | undefined;
  let end = { number: 0, before: null as Digest | null, size: 0 };
  let last: Promise<unknown> = Promise.resolve();

  const openFile = async (): Promise<FileHandle> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path.join(folder, questionFile), 'a+', 0o600);
    const { lines, brokenAt, last: before, size } = readQuestions(await file.readFile('utf8'));
    if (brokenAt !== null) {
      await file.close();
      throw new Fault('INTERNAL', { cause: `line ${brokenAt} of the questions is not the next` });
    }
    end = { number: lines.length, before, size };
    await file.truncate(end.size);
    return file;
  };
  const append = async (asked: AskedFigures): Promise<void> => {
    opened ??= openFile();
    const file = await opened;
    if ((await file.stat()).size !== end.size)
      throw new Fault('INTERNAL', { cause: 'somebody else writes the questions' });
    const line = JSON.stringify({ number: end.number + 1, before: end.before, ...asked });
    await file.appendFile(`${line}\n`);
    await file.datasync();
    end = { number: end.number + 1, before: digestOf(line), size: end.size + Buffer.byteLength(line) + 1 };
  };
  const close = async (): Promise<void> => {
    await (await opened?.catch(() => undefined))?.close();
    opened = undefined;
  };
  /** After a failure the file is read again: half a line may be left of it. */
  const appendOrForget = (asked: AskedFigures): Promise<void> =>
    append(asked).catch(async (error: unknown) => {
      await close();
      throw error;
    });
  return {
    write(asked) {
      const written = last.catch(() => undefined).then(() => appendOrForget(asked));
      last = written;
      return written;
    },
    async close() {
      await last.catch(() => undefined);
      await close();
    },
  };
}
