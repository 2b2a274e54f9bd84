/** The process of one station. */
import { runService } from '#server/run-service.ts';

import { createNodeService } from './app.ts';
import { parseNodeConfig } from './config.ts';

await runService({
  name: 'this station',
  readConfig: parseNodeConfig,
  logged: ({ LOOKOUT_STATION }) => ({ station: LOOKOUT_STATION }),
  create: createNodeService,
});
