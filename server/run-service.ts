/** The life of a service's process: the right Node, a configuration, a log, signals, and an orderly end. */
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import type { Level, Logger } from 'pino';

import { describeError } from './errors/describe-error.ts';
import { ConfigProblems } from './environment.ts';

const OLDEST_NODE = 24;
const exitCodes = { failed: 1, misconfigured: 2 };

interface Service {
  start(): Promise<URL>;
  stop(): Promise<void>;
}

export interface ServiceProcess<Config> {
  /** What it is called in a sentence. */
  readonly name: string;
  /** Throws `ConfigProblems`. */
  readonly readConfig: () => Config;
  /** What every line of the log carries. */
  readonly logged: (config: Config) => Record<string, string>;
  readonly create: (config: Config, log: Logger) => Promise<Service>;
}

function exit(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function configOrExit<Config>({ name, readConfig }: ServiceProcess<Config>): Config {
  if (Number.parseInt(process.versions.node) < OLDEST_NODE) {
    exit(exitCodes.misconfigured, `${name} needs Node ${OLDEST_NODE}, this is ${process.version}: use npm start.`);
  }
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    return exit(exitCodes.misconfigured, `The configuration of ${name} is not valid:\n${error.message}`);
  }
}

/** Whether there was a channel to a starter and is no more. Without a starter it is undefined, whatever its type says. */
function hasLostStarter({ connected }: { readonly connected?: boolean }): boolean {
  return connected === false;
}

/** Started by another process, this one ends with it, also when that one was killed, and also while it comes up. */
function endWithStarter(): void {
  if (hasLostStarter(process)) process.exit(exitCodes.failed);
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

/** Runs the service until a signal ends it. */
export async function runService<Config extends { readonly LOG_LEVEL: Level | 'silent' }>(
  service: ServiceProcess<Config>,
): Promise<void> {
  endWithStarter();
  const config = configOrExit(service);
  const log = pino({ level: config.LOG_LEVEL, base: service.logged(config) });
  try {
    const running = await service.create(config, log);
    const url = await running.start();
    log.info({ url: url.href }, 'listening');
    closeWithGrace({ delay: 10_000, logger: false }, async ({ signal, err }) => {
      if (err) log.error({ error: describeError(err) }, 'stopping after an error');
      else log.info({ signal }, 'stopping');
      await running.stop();
    });
  } catch (error) {
    log.fatal({ error: describeError(error) }, 'could not start');
    process.exit(exitCodes.failed);
  }
}
