/** Where things are in a state folder. Everything the starter makes is named here, so that `--fresh` removes that and nothing else. */
import path from 'node:path';

import type { MemberCode } from '#schema/caller.ts';
import type { GatewayCode, StationCode } from '#schema/ids.ts';

export const defaultState = '.lookout';

/** The sample region that comes with the project. */
export const sampleData = path.resolve(import.meta.dirname, '../sample');

const names = {
  record: 'state.json',
  lock: 'lock',
  directory: 'directory.json',
  proposal: 'directory.next.json',
  directories: 'directories',
  authorities: 'authorities.json',
  authorityKeys: 'authority-keys',
  federation: 'federation.json',
  tokenKey: 'token.key',
  keys: 'keys',
  kafka: 'kafka',
  postgres: 'postgres',
  imported: 'imported',
  logs: 'logs',
} as const;

/** Every name the starter uses in a state folder. */
export const ownNames: readonly string[] = Object.values(names);

export interface Layout extends Readonly<Record<keyof typeof names, string>> {
  readonly folder: string;
  /** Exists once this station's first import is done; holds what it said. */
  importedOf(code: StationCode): string;
  /** The private key this station, gateway or regulator signs with. */
  signingKeyOf(code: MemberCode): string;
  /** The private key this station's own system signs in with, and the file the station knows its systems by. */
  systemKeyOf(code: StationCode): string;
  clientsOf(code: StationCode | GatewayCode): string;
  /** The key a service makes pseudonyms of people under. */
  pseudonymKeyOf(code: StationCode | GatewayCode): string;
  /** What the `lookout` command proves itself with at the development provider. */
  readonly providerSecret: string;
  /** The private key of an authority. */
  authorityKeyOf(name: string): string;
  /** Where a service keeps its directory. */
  directoryOf(service: string): string;
  logOf(name: string): string;
}

export function layoutOf(state: string): Layout {
  const folder = path.resolve(state);
  const at = (name: string) => path.join(folder, name);
  return {
    folder,
    record: at(names.record),
    lock: at(names.lock),
    directory: at(names.directory),
    proposal: at(names.proposal),
    directories: at(names.directories),
    authorities: at(names.authorities),
    authorityKeys: at(names.authorityKeys),
    federation: at(names.federation),
    tokenKey: at(names.tokenKey),
    keys: at(names.keys),
    kafka: at(names.kafka),
    postgres: at(names.postgres),
    imported: at(names.imported),
    logs: at(names.logs),
    importedOf: (code) => path.join(at(names.imported), `${code}.json`),
    signingKeyOf: (code) => path.join(at(names.keys), `${code}.jwk`),
    systemKeyOf: (code) => path.join(at(names.keys), `${code}.system.jwk`),
    clientsOf: (code) => path.join(at(names.keys), `${code}.clients.json`),
    pseudonymKeyOf: (code) => path.join(at(names.keys), `${code}.pseudonym.key`),
    providerSecret: path.join(at(names.keys), 'provider.secret'),
    authorityKeyOf: (name) => path.join(at(names.authorityKeys), `${name}.jwk`),
    directoryOf: (service) => path.join(at(names.directories), `${service}.json`),
    logOf: (name) => path.join(at(names.logs), `${name}.log`),
  };
}
