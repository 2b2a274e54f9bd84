/** The gateway as it is in production, `node gateway.ts <folder>`. */
import path from 'node:path';

import { pino } from 'pino';

import { createGateway } from '#gateway/app.ts';
import { parseGatewayConfig } from '#gateway/config.ts';

import { reportToBench } from '../child-server.ts';
import { unlimited } from '../unlimited.ts';

// A bench on a busy machine measures CPU time, not whether a deadline is met.
const [, , folder = ''] = process.argv;
const env = {
  LOOKOUT_PORT: '0',
  LOOKOUT_DIRECTORY: path.join(folder, 'directory.json'),
  LOOKOUT_AUTHORITIES: path.join(folder, 'authorities.json'),
  LOOKOUT_SIGNING_KEY_FILE: path.join(folder, 'G01.jwk'),
  LOOKOUT_STATION_DEADLINE_MS: '60000',
  ...unlimited,
};
const gateway = await createGateway(parseGatewayConfig(env), pino({ level: 'error' }));
reportToBench(await gateway.start());
