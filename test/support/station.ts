/** Real stations for tests: the whole node service in this process, on a database of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { request } from 'undici';
import { z } from 'zod';

import { createNodeService } from '#node/app.ts';
import { parseNodeConfig } from '#node/config.ts';
import { Policy } from '#schema/directory.ts';
import type { Directory, Member } from '#schema/directory.ts';
import { writeWhole } from '#server/directory/write-whole.ts';
import { authoritiesFile, deadUrl, directoryOf, signedText } from '#test/support/directory.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import { headersFor, issuerEnvironment } from '#test/support/sign-in.ts';
import type { As } from '#test/support/sign-in.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';
import { clientsFile, systemHeaders } from '#test/support/system.ts';

export { deadUrl, memberOf } from '#test/support/directory.ts';

/** The moment it is in every test: the sample's day, noon in Shanghai. */
export const testClock = { now: () => new Date('2026-11-21T04:00:00Z') };

export const testKey = '5ca1ab1e'.repeat(8);

/** A signed directory in a file of its own, which a test may write anew; its policy stays. */
export async function createDirectoryFile(members: readonly Member[], policy: Partial<Policy> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-directory-'));
  const file = path.join(folder, 'directory.json');
  let version = 0;
  const write = async (next: readonly Member[], said: Partial<Omit<Directory, 'members'>> = {}): Promise<void> => {
    version += 1;
    await writeWhole(file, await signedText(directoryOf(next, { version, policy: Policy.parse(policy), ...said })));
  };
  await write(members);
  const environment = { LOOKOUT_DIRECTORY: file, LOOKOUT_AUTHORITIES: authoritiesFile };
  return { file, environment, write, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
});
export type Answer = z.infer<typeof Answer>;

/** Asks any GraphQL server of ours. @param signedIn the headers that say who asks. */
export async function ask(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  signedIn: Record<string, string> = {},
): Promise<Answer> {
  const { body } = await request(new URL('graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signedIn },
    body: JSON.stringify({ query, variables }),
  });
  return Answer.parse(await body.json());
}

interface StationOptions {
  readonly code: string;
  readonly directoryFile: string;
  readonly gatewayUrl?: string;
  /** The database of the embedded donor log the federation shares; one of its own when left out. */
  readonly logUrl?: string;
  readonly environment?: Record<string, string>;
  /** Gets every line the station logs, at every level. */
  readonly onLog?: (line: string) => void;
}

/** A station that runs until the end of the scope. */
export async function startStation(options: StationOptions) {
  const { code, directoryFile, gatewayUrl = deadUrl, environment, onLog } = options;
  const database = await createTestDatabase();
  const ownLog = options.logUrl === undefined ? await createTestDatabase({ empty: true }) : undefined;
  const config = parseNodeConfig({
    LOOKOUT_STATION: code,
    LOOKOUT_PORT: '0',
    LOOKOUT_DIRECTORY: directoryFile,
    LOOKOUT_AUTHORITIES: authoritiesFile,
    LOOKOUT_GATEWAY_URL: gatewayUrl,
    LOOKOUT_TOKEN_KEY: testKey,
    LOOKOUT_SIGNING_KEY: JSON.stringify(testSigningKey(code)),
    ...(await issuerEnvironment()),
    LOOKOUT_CLIENTS: clientsFile(),
    LOOKOUT_LOG_URL: options.logUrl ?? ownLog?.url,
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '4',
    ...environment,
  });
  const log = onLog === undefined ? pino({ level: 'silent' }) : pino({ level: 'trace' }, { write: onLog });
  const service = await createNodeService(config, log, testClock);
  const url = (await service.start()).href;
  const headersForStation = (query: string, asker: As) =>
    asker.as === 'SYSTEM' ? systemHeaders(url, code, asker.purpose ?? 'RECORDING') : headersFor(code, query, asker);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= service.stop());
  return {
    url,
    databaseUrl: config.DATABASE_URL,
    /** Asks as somebody who may, unless it is said who asks and what for. */
    ask: async (query: string, variables?: Record<string, unknown>, asker: As = {}) =>
      ask(url, query, variables, await headersForStation(query, asker)),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await database[Symbol.asyncDispose]();
      await ownLog?.[Symbol.asyncDispose]();
    },
  };
}
