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

const Line = AskedFigures.extend({ number: z.int().min(1), before: Digest.nullable() });

export interface QuestionLog {
  /** Resolves once it is on disk. */
  write(asked: AskedFigures): Promise<void>;
  close(): Promise<void>;
}

interface End {
  readonly number: number;
  readonly before: Digest | null;
  /** The length of the file, in bytes. */
  readonly size: number;
}

/** Goes through all lines. A last one that was cut off told nobody anything. */
function endOf(text: string): End {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  let end: End = { number: 0, before: null, size: Buffer.byteLength(whole) };
  for (const line of whole.split('\n').slice(0, -1)) {
    const { number, before } = Line.parse(JSON.parse(line));
    if (number !== end.number + 1 || before !== end.before)
      throw new Fault('INTERNAL', { cause: `line ${number} of the questions is not the next` });
    end = { ...end, number, before: digestOf(line) };
  }
  return end;
}

/** @param folder made when it is first needed. */
export function createQuestionLog(folder: string): QuestionLog {
  let opened: Promise<FileHandle> | undefined;
  let end: End = { number: 0, before: null, size: 0 };
  let last: Promise<unknown> = Promise.resolve();

  const openFile = async (): Promise<FileHandle> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path.join(folder, 'questions.jsonl'), 'a+', 0o600);
    end = endOf(await file.readFile('utf8'));
    await file.truncate(end.size);
    return file;
  };
  const append = async (asked: AskedFigures): Promise<void> => {
    opened ??= openFile().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    const file = await opened;
    if ((await file.stat()).size !== end.size)
      throw new Fault('INTERNAL', { cause: 'somebody else writes the questions' });
    const line = JSON.stringify({ number: end.number + 1, before: end.before, ...asked });
    await file.appendFile(`${line}\n`);
    await file.datasync();
    end = { number: end.number + 1, before: digestOf(line), size: end.size + Buffer.byteLength(line) + 1 };
  };
  return {
    write(asked) {
      const written = last.catch(() => undefined).then(() => append(asked));
      last = written;
      return written;
    },
    async close() {
      await last.catch(() => undefined);
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}
