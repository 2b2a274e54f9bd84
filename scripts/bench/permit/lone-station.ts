/** A station that is alone in its federation, so that nobody else's freshness is part of what is measured. */
import path from 'node:path';

import { pino } from 'pino';

import { createNodeService } from '#node/app.ts';
import type { NodeService } from '#node/app.ts';
import { parseNodeConfig } from '#node/config.ts';
import type { Member } from '#schema/directory.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { ensureSigningKey } from '#scripts/start/signing-key.ts';

import { writeBenchDirectory } from '../directory.ts';

export const loneStation = StationCode.parse('310198B01');

/** @param folder where its key and its directory are written. */
export async function createLoneStation(folder: string, env: Readonly<Record<string, string>>): Promise<NodeService> {
  const keyFile = path.join(folder, 'key.jwk');
  const key = await ensureSigningKey(keyFile);
  const member: Member = {
    code: loneStation,
    kind: 'BLOOD',
    province: ProvinceCode.parse('31'),
    nameZh: '站',
    nameEn: 'Station',
    endpoint: 'http://127.0.0.1:9',
    status: 'ACTIVE',
    suspensions: [],
    keys: [key],
  };
  const config = parseNodeConfig({
    LOOKOUT_STATION: loneStation,
    LOOKOUT_PORT: '0',
    ...(await writeBenchDirectory(folder, { members: [member] })),
    LOOKOUT_GATEWAY_URL: 'http://127.0.0.1:9',
    LOOKOUT_TOKEN_KEY: '00'.repeat(32),
    LOOKOUT_SIGNING_KEY_FILE: keyFile,
    ...env,
  });
  return createNodeService(config, pino({ level: 'error' }));
}
