/** Writes a data folder: `stations.csv`, and a folder a station with its own files, as `npm start -- --data` takes it. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { readProfile } from '#node/modules/import/profile.ts';
import { Problem, systemCodeOf } from '#scripts/lookout/problem.ts';

import { bytesOf, donationsIn, lookoutsIn, registrationsIn } from './cells.ts';
import type { Form } from './cells.ts';
import type { Holding } from './holdings.ts';
import type { Region } from '../region.ts';

/** Makes the folder, or takes one that is empty: nothing is ever written over. */
export async function openFolder(folder: string): Promise<void> {
  const names = await mkdir(folder, { recursive: true })
    .then(() => readdir(folder))
    .catch((cause: unknown) => {
      throw new Problem(`${folder} cannot be made (${systemCodeOf(cause) ?? 'unknown error'}).`, 'usage', { cause });
    });
  if (names.length > 0) throw new Problem(`${folder} is not empty: name a new folder.`, 'usage');
}

export async function writeStations(folder: string, { stations }: Region): Promise<void> {
  const lines = stations.map(({ code, kind, province, nameZh, nameEn }) =>
    [code, kind, province, nameZh, nameEn].join(','),
  );
  await writeFile(path.join(folder, 'stations.csv'), ['code,kind,province,name_zh,name_en', ...lines, ''].join('\n'));
}

/** Lines are made only as fast as the disk takes them. */
async function write<Item>(
  file: string,
  form: Form<Item>,
  items: Iterable<Item>,
  numberOf: (n: number) => string,
): Promise<void> {
  await pipeline(Readable.from(bytesOf(form, items, numberOf)), createWriteStream(file));
}

export async function writeStation(
  folder: string,
  { station, draws, listings, registrations }: Holding,
): Promise<void> {
  const { code, kind, province } = station;
  const own = path.join(folder, code);
  const profile = await readProfile(code);
  const numbered = (letter: string, digits: number) => (n: number) =>
    `${letter}${code}${String(n).padStart(digits, '0')}`;
  await mkdir(own);
  await write(path.join(own, 'donations.csv'), donationsIn(profile.donations), draws.inOrder(), numbered('', 9));
  if (kind === 'BLOOD') {
    const form = lookoutsIn(profile.lookouts, `${province} confirmatory laboratory`);
    const inOrder = listings.toSorted((one, other) => one.confirmedOn - other.confirmedOn);
    await write(path.join(own, 'lookouts.csv'), form, inOrder, numbered('L', 6));
  } else {
    const inOrder = registrations.toSorted((one, other) => one.on - other.on);
    await write(path.join(own, 'registrations.csv'), registrationsIn(profile.registrations), inOrder, numbered('R', 6));
  }
}
