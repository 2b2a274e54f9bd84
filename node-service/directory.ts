/** A station's directory put together: its file, what the database remembers of it, and how it spreads. */
import type { Logger } from 'pino';

import { readAuthorities } from '#server/directory/authorities.ts';
import { openLiveDirectory } from '#server/directory/live-directory.ts';
import type { LiveDirectory } from '#server/directory/live-directory.ts';

import { createPostgresTaken } from './adapters/postgres-taken.ts';
import type { AuditPort } from './audit-port.ts';
import type { NodeConfig } from './config.ts';
import type { Database } from './db/client.ts';
import { migrate } from './db/migrate.ts';
import type { ClockPort } from './ports.ts';

export interface StationDirectoryOptions {
  readonly config: NodeConfig;
  readonly database: Database;
  readonly clock: ClockPort;
  readonly log: Logger;
}

/** Writes down each version that is taken from now on. */
export function recordVersions(
  directory: Pick<LiveDirectory, 'onChange' | 'signed'>,
  { audit, clock, log }: Pick<StationDirectoryOptions, 'clock' | 'log'> & { readonly audit: AuditPort },
): void {
  directory.onChange(({ version }) => {
    const { digest } = directory.signed();
    audit.record({ kind: 'DIRECTORY', at: clock.now().toISOString(), version, digest }).catch((error: unknown) => {
      log.error({ err: error, version }, 'a version of the directory was taken and could not be written down');
    });
  });
}

/** Brings the database up to date first, since that knows what was taken before. */
export async function openStationDirectory(options: StationDirectoryOptions): Promise<LiveDirectory> {
  const { config, database, clock, log } = options;
  const authorities = readAuthorities(config.LOOKOUT_AUTHORITIES);
  await migrate(config.DATABASE_URL);
  return openLiveDirectory(config.LOOKOUT_DIRECTORY, {
    authorities,
    taken: createPostgresTaken(database.pool),
    now: () => clock.now().getTime(),
    self: config.LOOKOUT_STATION,
    gateways: [config.LOOKOUT_GATEWAY_URL],
    log,
  });
}
