/** Small JSON files that are there whole or not at all: written beside their place and renamed into it. */
import { readFile, rename, writeFile } from 'node:fs/promises';

import type { z } from 'zod';

import { systemCodeOf } from '#scripts/lookout/problem.ts';

export async function writeWhole(file: string, text: string, mode = 0o644): Promise<void> {
  const fresh = `${file}.${process.pid}.tmp`;
  await writeFile(fresh, text, { mode, flush: true });
  await rename(fresh, file);
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** What the file holds; undefined when there is none; `broken` makes the error for one that does not hold what it should. */
export async function findJson<T>(
  file: string,
  shape: z.ZodType<T>,
  broken: (cause: unknown) => Error,
): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw broken(error);
  });
  if (text === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw broken(error);
  }
}
