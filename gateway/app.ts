/** The gateway put together: the one place where its parts meet. */
import type { Logger } from 'pino';

import { readAuthorities } from '#server/directory/authorities.ts';
import { openLiveDirectory } from '#server/directory/live-directory.ts';
import { takenInFile } from '#server/directory/taken.ts';
import { openDoor } from '#server/open-door.ts';
import { createGraphqlServer } from '#server/server.ts';

import type { GatewayConfig } from './config.ts';
import type { Context } from './context.ts';
import { createDonors } from './donors.ts';
import { createReadiness } from './readiness.ts';
import { createStationLinks } from './station-links.ts';
import { createStationNotes } from './station-notes.ts';
import { stitch } from './stitch.ts';

/** A running gateway. */
export interface Gateway {
  /** Listens; answers the base URL. */
  start(): Promise<URL>;
  /** Takes no more requests, lets those in flight end, closes the connections to the stations. */
  stop(): Promise<void>;
}

/** Throws a `Fault` when the directory cannot be read. */
export async function createGateway(config: GatewayConfig, log: Logger): Promise<Gateway> {
  const directory = await openLiveDirectory(config.LOOKOUT_DIRECTORY, {
    authorities: readAuthorities(config.LOOKOUT_AUTHORITIES),
    taken: takenInFile(`${config.LOOKOUT_DIRECTORY}.taken`),
    self: config.LOOKOUT_GATEWAY_CODE,
    log,
  });
  const links = createStationLinks({ directory, deadlineMs: config.LOOKOUT_STATION_DEADLINE_MS });
  const notes = createStationNotes(log);
  const donors = createDonors({ directory, links, notes });
  const readiness = createReadiness({ directory, links });
  const server = createGraphqlServer({
    schema: await stitch({ links, notes }),
    context: ({ id, caller }): Context => ({ requestId: id, caller, directory: directory.current(), donors }),
    door: openDoor,
    production: config.NODE_ENV === 'production',
    readiness: () => [directory.check(), ...readiness.checks()],
    routes: directory.routes,
    log,
  });
  return {
    start: async () => {
      const url = await server.start({ host: config.LOOKOUT_HOST, port: config.LOOKOUT_PORT });
      readiness.start();
      directory.start();
      return url;
    },
    stop: async () => {
      readiness.stop();
      await server.stop();
      await links.stop();
      await directory.stop();
    },
  };
}
