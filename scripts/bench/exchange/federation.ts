/** Two stations and a gateway for the bench of the exchange: their keys, and what a directory says of them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Directory, Member } from '#schema/directory.ts';
import { GatewayCode, ProvinceCode, StationCode } from '#schema/ids.ts';
import { newDirectory } from '#scripts/lookout/directory/new-directory.ts';
import { ensureSigningKey } from '#scripts/start/signing-key.ts';
import { SigningJwk } from '#server/keys/signing-jwk.ts';

export const asking = StationCode.parse('310198B01');
export const answering = StationCode.parse('320198B01');
export const gatewayCode = GatewayCode.parse('G01');

/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:9';

const keyFileOf = (folder: string, code: string): string => path.join(folder, `${code}.jwk`);

/** The private key of a member, which is made when there is none. */
export async function keyOf(folder: string, code: string): Promise<SigningJwk> {
  await ensureSigningKey(keyFileOf(folder, code));
  return SigningJwk.parse(await readFile(keyFileOf(folder, code), 'utf8'));
}

/** What the directory says, with the answering station at this address. */
export async function entriesOf(folder: string, url: URL): Promise<Pick<Directory, 'members' | 'gateways'>> {
  const keysOf = async (code: string) => [await ensureSigningKey(keyFileOf(folder, code))];
  const member = async (code: StationCode, endpoint: string): Promise<Member> => ({
    ...{ code, kind: 'BLOOD', province: ProvinceCode.parse('31'), nameZh: '示例血站', nameEn: 'Example' },
    ...{ endpoint, status: 'ACTIVE', suspensions: [], keys: await keysOf(code) },
  });
  return {
    members: [await member(asking, nowhere), await member(answering, url.origin)],
    gateways: [{ code: gatewayCode, endpoint: nowhere, status: 'ACTIVE', keys: await keysOf(gatewayCode), rights: [] }],
  };
}

/** The directory as a part of this process has it; whoever answers is found by the gateway. */
export async function directoryIn(folder: string): Promise<{ current(): Directory }> {
  const authorities = { threshold: 1, keys: [] };
  const directory = newDirectory({ authorities, ...(await entriesOf(folder, new URL(nowhere))) });
  return { current: () => directory };
}
