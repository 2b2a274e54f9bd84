/** The process of the gateway: configuration, logs, signals. */
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';

import { createGateway } from './app.ts';
import { ConfigProblems, parseGatewayConfig } from './config.ts';
import type { GatewayConfig } from './config.ts';

const exitCodes = { failed: 1, misconfigured: 2 };
const OLDEST_NODE = 24;

function exit(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function configOrExit(): GatewayConfig {
  if (Number.parseInt(process.versions.node) < OLDEST_NODE) {
    exit(exitCodes.misconfigured, `The gateway needs Node ${OLDEST_NODE}, this is ${process.version}: use npm start.`);
  }
  try {
    return parseGatewayConfig();
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    return exit(exitCodes.misconfigured, `The configuration of the gateway is not valid:\n${error.message}`);
  }
}

const config = configOrExit();
const log = pino({ level: config.LOG_LEVEL, base: { service: 'gateway' } });

try {
  const gateway = await createGateway(config, log);
  const url = await gateway.start();
  log.info({ url: url.href }, 'listening');
  // Started by another process, it ends with it, also when that one was killed.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  closeWithGrace({ delay: 10_000, logger: false }, async ({ signal, err }) => {
    if (err) log.error({ err }, 'stopping after an error');
    else log.info({ signal }, 'stopping');
    await gateway.stop();
  });
} catch (error) {
  log.fatal({ err: error }, 'could not start');
  process.exit(exitCodes.failed);
}
