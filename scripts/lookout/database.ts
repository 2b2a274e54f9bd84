/** The databases of the stations the starter runs, for what only the owner of a station does. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { StationCode } from '#schema/ids.ts';
import { layoutOf } from '#scripts/start/layout.ts';

import { Problem } from './problem.ts';
import { getFederation, getStation } from './verb.ts';

/** The code of a station as it is typed. */
export function stationOf(typed: string): StationCode {
  const code = StationCode.safeParse(typed);
  if (!code.success) throw new Problem('--station takes the code of a station, such as 310198B01.', 'usage');
  return code.data;
}

/** The database of a station the starter runs. Holds the password. */
export async function databaseUrlOf(state: string, code: StationCode): Promise<string> {
  const federation = await getFederation(state);
  getStation(federation, code);
  const file = path.join(layoutOf(state).postgres, 'password');
  const password = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem(`The password of the database, ${file}, cannot be read.`, 'failed', { cause });
  });
  const place = `127.0.0.1:${federation.postgres.port}/station_${code.toLowerCase()}`;
  return `postgresql://postgres:${password.trim()}@${place}`;
}
