/** Real stations for tests: the whole node service in this process, on a database of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { request } from 'undici';
import { z } from 'zod';

import { createNodeService } from '#node/app.ts';
import { parseNodeConfig } from '#node/config.ts';
import { Policy } from '#schema/directory.ts';
import type { Directory, Member } from '#schema/directory.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';

/** The moment it is in every test: the sample's day, noon in Shanghai. */
export const testClock = { now: () => new Date('2026-11-21T04:00:00Z') };

/** A port nobody listens on: connecting to it is refused at once. */
export const deadUrl = 'http://127.0.0.1:9';

export const testKey = '5ca1ab1e'.repeat(8);

/** A member of a directory; what a test does not say is made up. */
export function memberOf(code: string, fact: Partial<Member> = {}): Member {
  const parsed = StationCode.parse(code);
  return {
    code: parsed,
    kind: code.includes('P') ? 'PLASMA' : 'BLOOD',
    province: ProvinceCode.parse(code.slice(0, 2)),
    nameZh: `示例${code}`,
    nameEn: `Example ${code}`,
    endpoint: deadUrl,
    status: 'ACTIVE',
    keys: [testPublicKey(code)],
    ...fact,
  };
}

/** A directory in a file of its own, which a test may write anew; its policy stays. */
export async function createDirectoryFile(members: readonly Member[], policy: Partial<Policy> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-directory-'));
  const file = path.join(folder, 'directory.json');
  let version = 0;
  const write = async (next: readonly Member[]): Promise<void> => {
    version += 1;
    await writeFile(
      file,
      JSON.stringify({ version, policy: Policy.parse(policy), members: [...next] } satisfies Directory),
    );
  };
  await write(members);
  return { file, write, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
});
export type Answer = z.infer<typeof Answer>;

/** Asks any GraphQL server of ours. */
export async function ask(url: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const { body } = await request(new URL('graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
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
    LOOKOUT_GATEWAY_URL: gatewayUrl,
    LOOKOUT_TOKEN_KEY: testKey,
    LOOKOUT_SIGNING_KEY: JSON.stringify(testSigningKey(code)),
    LOOKOUT_LOG_URL: options.logUrl ?? ownLog?.url,
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '4',
    ...environment,
  });
  const log = onLog === undefined ? pino({ level: 'silent' }) : pino({ level: 'trace' }, { write: onLog });
  const service = await createNodeService(config, log, testClock);
  const url = (await service.start()).href;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= service.stop());
  return {
    url,
    databaseUrl: config.DATABASE_URL,
    ask: (query: string, variables?: Record<string, unknown>) => ask(url, query, variables),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await database[Symbol.asyncDispose]();
      await ownLog?.[Symbol.asyncDispose]();
    },
  };
}
