/** The directory file: every station with its address. Its version rises whenever what it says changes. */
import { Directory } from '#schema/directory.ts';
import type { Member, SigningKey } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { findJson, writeJson } from './json-file.ts';
import { remedy } from './state-folder.ts';
import type { StationEntry } from './stations-csv.ts';

export interface Placed extends StationEntry {
  readonly port: number;
}

export const host = '127.0.0.1';

/** The stations on the ports that follow the gateway's. */
export function place(stations: readonly StationEntry[], gatewayPort: number): Placed[] {
  return stations.map((station, index) => ({ ...station, port: gatewayPort + 1 + index }));
}

export const urlOf = (port: number): string => `http://${host}:${port}`;

/** A key that is there already stays as it is: since when it is in use must not change. */
const keysOf = (key: SigningKey, old: readonly SigningKey[] = []): SigningKey[] =>
  old.some(({ kid }) => kid === key.kid) ? [...old] : [...old, key];

/** @param keyOf the public key each station signs with now. */
export async function writeDirectory(
  file: string,
  stations: readonly Placed[],
  keyOf: ReadonlyMap<string, SigningKey>,
): Promise<void> {
  const old = await findJson(
    file,
    Directory,
    (cause) => new Problem(`The directory ${file} is broken: ${remedy}`, 'failed', { cause }),
  );
  const members = stations.map(({ port, ...entry }): Member => {
    const key = keyOf.get(entry.code);
    const before = old?.members.find(({ code }) => code === entry.code)?.keys;
    const keys = key === undefined ? (before ?? []) : keysOf(key, before);
    return { ...entry, endpoint: urlOf(port), status: 'ACTIVE', keys };
  });
  if (old !== undefined && JSON.stringify(old.members) === JSON.stringify(Directory.shape.members.parse(members)))
    return;
  await writeJson(file, { version: (old?.version ?? 0) + 1, policy: old?.policy, members });
}
