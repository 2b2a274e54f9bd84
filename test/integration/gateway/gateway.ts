/** A gateway on a free port over a directory file of its own, as `main.ts` would run it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pino } from 'pino';
import { Pool } from 'undici';
import { z } from 'zod';

import { createGateway } from '#gateway/app.ts';
import { parseGatewayConfig } from '#gateway/config.ts';
import type { Member } from '#schema/directory.ts';
import { writeWhole } from '#server/directory/write-whole.ts';
import { authoritiesFile, directoryOf, gatewayEnvironment, signedText } from '#test/support/directory.ts';
import { headersFor, issuerEnvironment } from '#test/support/sign-in.ts';
import type { As } from '#test/support/sign-in.ts';

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.record(z.string(), z.unknown()),
      }),
    )
    .optional(),
});
export type Answer = z.infer<typeof Answer>;

export interface TestGateway extends AsyncDisposable {
  readonly url: URL;
  readonly log: Record<string, unknown>[];
  /** Asks as somebody who may, unless it is said who asks and what for. */
  ask(query: string, variables?: Record<string, unknown>, asker?: As): Promise<Answer>;
  get(path: string): Promise<{ status: number; text: string }>;
  /** Replaces the directory file, as an editor or a deployment does. */
  publish(members: readonly Member[]): Promise<void>;
  /** Resolves when the gateway has logged this. */
  logged(message: string): Promise<void>;
}

interface Options {
  readonly deadlineMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startGateway(members: readonly Member[], options: Options = {}): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'lookout-gateway-'));
  const file = join(folder, 'directory.json');
  let version = 0;
  const publish = async (next: readonly Member[]) => {
    version += 1;
    await writeWhole(file, await signedText(directoryOf(next, { version })));
  };
  await publish(members);

  const log: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const write = (line: string) => {
    log.push(JSON.parse(line) as Record<string, unknown>);
    for (const look of waiting) look();
  };
  const config = parseGatewayConfig({
    LOOKOUT_PORT: '0',
    LOOKOUT_DIRECTORY: file,
    LOOKOUT_AUTHORITIES: authoritiesFile,
    LOOKOUT_STATION_DEADLINE_MS: String(options.deadlineMs ?? 1_000),
    ...gatewayEnvironment,
    ...(await issuerEnvironment()),
    ...options.env,
  });
  const gateway = await createGateway(config, pino({ level: 'info' }, { write }));
  const url = await gateway.start();
  const pool = new Pool(url.origin, { connections: 16 });

  return {
    url,
    log,
    publish,
    ask: async (query, variables = {}, asker = {}) => {
      const headers = { 'content-type': 'application/json', ...(await headersFor('G01', query, asker)) };
      const body = JSON.stringify({ query, variables });
      const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
      return Answer.parse(await response.body.json());
    },
    get: async (path) => {
      const response = await pool.request({ method: 'GET', path });
      return { status: response.statusCode, text: await response.body.text() };
    },
    logged: (message) =>
      new Promise((resolve) => {
        const look = () => {
          if (!log.some(({ msg }) => msg === message)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      await gateway.stop();
      await rm(folder, { recursive: true });
    },
  };
}
