/** The process of one station: configuration, logs, signals. */
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';

import { createNodeService } from './app.ts';
import { ConfigProblems, parseNodeConfig } from './config.ts';
import type { NodeConfig } from './config.ts';

const exitCodes = { failed: 1, misconfigured: 2 };

function configOrExit(): NodeConfig {
  try {
    return parseNodeConfig();
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    process.stderr.write(`The configuration of this station is not valid:\n${error.message}\n`);
    process.exit(exitCodes.misconfigured);
  }
}

const config = configOrExit();
const log = pino({ level: config.LOG_LEVEL, base: { station: config.LOOKOUT_STATION } });

try {
  const service = await createNodeService(config, log);
  const url = await service.start();
  log.info({ url: url.href }, 'listening');
  // Started by another process, this one ends with it, also when that one was killed.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  closeWithGrace({ delay: 10_000, logger: false }, async ({ signal, err }) => {
    if (err) log.error({ err }, 'stopping after an error');
    else log.info({ signal }, 'stopping');
    await service.stop();
  });
} catch (error) {
  log.fatal({ err: error }, 'could not start');
  process.exit(exitCodes.failed);
}
