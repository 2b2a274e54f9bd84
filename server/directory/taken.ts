/**
 * What a service has taken before, kept apart from the file it reads: so that an older directory put in the file's place
 * while the service was down is found out. Beside the newest one it keeps each one that changed the authorities, which
 * lead from those pinned at installation to those of today.
 */
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { writeWhole } from './write-whole.ts';
import type { ProvedDirectory } from './prove.ts';

export interface Taken {
  /** The newest directory, as it was signed; null before the first one. */
  readonly newest: string | null;
  /** Those that changed the authorities, the oldest first. */
  readonly rotations: readonly string[];
}

export interface TakenStore {
  find(): Promise<Taken>;
  /** Keeps a directory that is newer than all before. */
  remember(taken: ProvedDirectory, isRotation: boolean): Promise<void>;
}

const Stored = z.object({ newest: z.string().nullable(), rotations: z.array(z.string()) });

/** In a file of its own, for a service without a database. */
export function takenInFile(file: string): TakenStore {
  const find = async (): Promise<Taken> => {
    try {
      return Stored.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      return { newest: null, rotations: [] };
    }
  };
  return {
    find,
    remember: async ({ text }, isRotation) => {
      const { rotations } = await find();
      await writeWhole(
        file,
        JSON.stringify({ newest: text, rotations: isRotation ? [...rotations, text] : rotations }),
      );
    },
  };
}
