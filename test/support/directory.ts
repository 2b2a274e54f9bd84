/**
 * Directories for tests: signed by the one authority of `authorities.json`, which every service of a test trusts
 * (`LOOKOUT_AUTHORITIES: authoritiesFile`). Nobody else has a reason to.
 */
import path from 'node:path';

import { Policy } from '#schema/directory.ts';
import type { Directory, Gateway, Member } from '#schema/directory.ts';
import { GatewayCode, ProvinceCode, StationCode } from '#schema/ids.ts';
import { newDirectory } from '#scripts/lookout/directory/new-directory.ts';
import { signDirectory, unsignedDirectory } from '#server/directory/sign.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';

const { kid, kty, crv, x } = testPublicKey('authority');

/** One of one. */
export const testAuthorities: Directory['authorities'] = {
  threshold: 1,
  keys: [{ kid, kty, crv, x, name: 'Test authority' }],
};

/** The same as a file, for the configuration of a service. */
export const authoritiesFile = path.join(import.meta.dirname, 'authorities.json');

/** A port nobody listens on: connecting to it is refused at once. */
export const deadUrl = 'http://127.0.0.1:9';

/** A member of a directory; what a test does not say is made up. */
export function memberOf(code: string, fact: Partial<Member> = {}): Member {
  const parsed = StationCode.parse(code);
  return {
    code: parsed,
    kind: code.includes('P') ? 'PLASMA' : 'BLOOD',
    province: ProvinceCode.parse(code.slice(0, 2)),
    nameZh: `示例${code}`,
    nameEn: `Example ${code}`,
    endpoint: deadUrl,
    status: 'ACTIVE',
    suspensions: [],
    keys: [testPublicKey(code)],
    ...fact,
  };
}

/** The gateway of every test. */
export const testGateway: Gateway = {
  code: GatewayCode.parse('G01'),
  endpoint: deadUrl,
  status: 'ACTIVE',
  keys: [testPublicKey('G01')],
  rights: [],
};

/** What it signs with, for its configuration. */
export const gatewayEnvironment = { LOOKOUT_SIGNING_KEY: JSON.stringify(testSigningKey('G01')) };

/** A directory of these members that does not expire. */
export function directoryOf(members: readonly Member[], said: Partial<Omit<Directory, 'members'>> = {}): Directory {
  const terms = { issuedAt: '2020-01-01T00:00:00.000Z', softUntil: '2999-01-01T00:00:00.000Z' };
  const base = { ...terms, hardUntil: '2999-01-01T00:00:00.000Z', ruleSets: [], policy: Policy.parse({}) };
  return newDirectory({
    authorities: testAuthorities,
    gateways: [testGateway],
    ...base,
    ...said,
    members: [...members],
  });
}

/** What is in a directory file: signed by the test authority, or by others. */
export async function signedText(
  directory: Directory,
  keys: readonly Parameters<typeof signDirectory>[1][] = [testSigningKey('authority')],
): Promise<string> {
  let signed = unsignedDirectory(directory);
  for (const key of keys) signed = await signDirectory(signed, key);
  return JSON.stringify(signed);
}

/** The fields of a member that is suspended since a time. */
export const suspendedSince = (since = '2026-01-01T00:00:00.000Z'): Pick<Member, 'status' | 'suspensions'> => ({
  status: 'SUSPENDED',
  suspensions: [{ since, until: null }],
});
