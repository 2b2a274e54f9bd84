/** The process of the development provider. */
import { runService } from '#server/run-service.ts';

import { parseIssuerConfig } from './config.ts';
import { createIssuer } from './issuer.ts';

await runService({
  name: 'the development provider',
  readConfig: parseIssuerConfig,
  logged: () => ({ service: 'issuer' }),
  create: (config, log) => Promise.resolve(createIssuer(config, log)),
});
