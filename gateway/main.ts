/** The process of the gateway. */
import { runService } from '#server/run-service.ts';

import { createGateway } from './app.ts';
import { parseGatewayConfig } from './config.ts';

await runService({
  name: 'the gateway',
  readConfig: parseGatewayConfig,
  logged: () => ({ service: 'gateway' }),
  create: createGateway,
});
