/**
 * The directory of a federation on one machine: every station and the gateway with its address and key, signed by the
 * authorities whose keys are in the state folder. A new version is made whenever what it says changes, and in good time before it
 * expires; what else was decided (`lookout directory`) stays.
 */
import { mkdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import { Policy } from '#schema/directory.ts';
import type { Authorities, Directory, Gateway, Member, Regulator, SigningKey } from '#schema/directory.ts';
import { GatewayCode, RegulatorCode } from '#schema/ids.ts';
import { newDirectory, termsFrom } from '#scripts/lookout/directory/new-directory.ts';
import { findPublished } from '#scripts/lookout/directory/published.ts';
import { Problem } from '#scripts/lookout/problem.ts';
import { signDirectory, unsignedDirectory } from '#server/directory/sign.ts';
import type { SigningJwk } from '#server/keys/signing-jwk.ts';

import { ensureAuthorities } from './authorities.ts';
import { writeWhole } from './json-file.ts';
import type { Layout } from './layout.ts';
import { findSigningKey } from './signing-key.ts';
import type { StationEntry } from './stations-csv.ts';

export interface Placed extends StationEntry {
  readonly port: number;
}

export const host = '127.0.0.1';

/** The one gateway of a federation on one machine. */
export const gatewayCode = GatewayCode.parse('G01');

/** The one regulator of a federation on one machine. */
export const regulatorCode = RegulatorCode.parse('R31');

/** The stations on the ports that follow the gateway's. */
export function place(stations: readonly StationEntry[], gatewayPort: number): Placed[] {
  return stations.map((station, index) => ({ ...station, port: gatewayPort + 1 + index }));
}

/** The provider people sign in at comes after the last station. */
export const providerPortOf = (stations: readonly Placed[], gatewayPort: number): number =>
  gatewayPort + 1 + stations.length;

export const urlOf = (port: number): string => `http://${host}:${port}`;

/** Where the gateway has the regulator's page. */
export const regulatorPageOf = (gatewayPort: number): string => `${urlOf(gatewayPort)}/regulator/`;

/** A key that is there already stays as it is: since when it is in use must not change. */
const keysOf = (key: SigningKey | undefined, old: readonly SigningKey[] = []): SigningKey[] =>
  key === undefined || old.some(({ kid }) => kid === key.kid) ? [...old] : [...old, key];

export interface DirectoryParts {
  readonly stations: readonly Placed[];
  readonly gatewayPort: number;
  /** The public key each station, the gateway and the regulator sign with now. */
  readonly keyOf: ReadonlyMap<string, SigningKey>;
}

function membersOf({ stations, keyOf }: DirectoryParts, old: Directory | undefined): Member[] {
  return stations.map(({ port, ...entry }) => {
    const before = old?.members.find(({ code }) => code === entry.code);
    const { status, suspensions }: Pick<Member, 'status' | 'suspensions'> = before ?? {
      status: 'ACTIVE',
      suspensions: [],
    };
    return { ...entry, endpoint: urlOf(port), status, suspensions, keys: keysOf(keyOf.get(entry.code), before?.keys) };
  });
}

function gatewaysOf({ gatewayPort, keyOf }: DirectoryParts, old: Directory | undefined): Gateway[] {
  const before = old?.gateways.find(({ code }) => code === gatewayCode);
  const keys = keysOf(keyOf.get(gatewayCode), before?.keys);
  const status = before?.status ?? 'ACTIVE';
  return [{ code: gatewayCode, endpoint: urlOf(gatewayPort), status, keys, rights: ['AGGREGATES'] }];
}

/** The one that comes with the project, and whoever was admitted beside it. */
function regulatorsOf({ keyOf }: DirectoryParts, old: Directory | undefined): Regulator[] {
  const before = old?.regulators.find(({ code }) => code === regulatorCode);
  const names = { nameZh: '示例卫生健康委', nameEn: 'Example health commission' };
  const own = { code: regulatorCode, ...names, status: before?.status ?? 'ACTIVE' };
  const others = old?.regulators.filter(({ code }) => code !== regulatorCode) ?? [];
  return [{ ...own, keys: keysOf(keyOf.get(regulatorCode), before?.keys) }, ...others];
}

/** Half of the time to the soft expiry is over. */
const isAgeing = ({ issuedAt, softUntil }: Directory, now: number): boolean =>
  now > (Date.parse(issuedAt) + Date.parse(softUntil)) / 2;

/** Enough keys to sign, of those the state folder has. */
async function signingKeys(layout: Layout, { threshold, keys }: Authorities): Promise<SigningJwk[]> {
  const found = await Promise.all(keys.map(({ name }) => findSigningKey(layout.authorityKeyOf(name))));
  const usable = found.filter((key) => key !== undefined).slice(0, threshold);
  if (usable.length === threshold) return usable;
  throw new Problem(
    `The directory has to be signed anew and ${layout.authorityKeys} has keys of ${usable.length} authorities, ${threshold} are needed.`,
    'failed',
  );
}

async function signAnew(layout: Layout, next: Directory): Promise<string> {
  let signed = unsignedDirectory(next);
  for (const key of await signingKeys(layout, next.authorities)) signed = await signDirectory(signed, key);
  return JSON.stringify(signed);
}

/** The text of the version that stands: the last one, or a new one when that does not say how things are now. */
async function textOf(layout: Layout, parts: DirectoryParts): Promise<string> {
  const now = Date.now();
  const authorities = await ensureAuthorities(layout);
  const published = await findPublished(layout, authorities);
  const old = published?.directory;
  const said = {
    members: membersOf(parts, old),
    gateways: gatewaysOf(parts, old),
    regulators: regulatorsOf(parts, old),
  };
  // A federation to try out has its figures at once: months are closed as soon as they are over.
  const policy = Policy.parse({ closingDays: 0 });
  if (published === undefined) return signAnew(layout, newDirectory({ authorities, policy, ...said }, now));
  const { directory, text } = published;
  const { members, gateways, regulators } = directory;
  const isSame = isDeepStrictEqual({ members, gateways, regulators }, said);
  if (isSame && !isAgeing(directory, now)) return text;
  return signAnew(layout, { ...directory, ...termsFrom(now), ...said, version: directory.version + 1 });
}

/** Every service finds the directory in the file it keeps it in. */
export async function writeDirectory(layout: Layout, parts: DirectoryParts): Promise<void> {
  const text = await textOf(layout, parts);
  await mkdir(layout.directories, { recursive: true });
  const services = ['gateway', ...parts.stations.map(({ code }) => code)];
  const files = [layout.directory, ...services.map((name) => layout.directoryOf(name))];
  await Promise.all(files.map((file) => writeWhole(file, text)));
}
