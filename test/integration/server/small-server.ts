/** The real server with the small schema, at a free port, and everything its log says. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { z } from 'zod';
import { openAuthority, openDoor } from '#scripts/bench/open-door.ts';
import { createGraphqlServer } from '#server/server.ts';
import type { GraphqlServerOptions } from '#server/server.ts';
import { createSmallSchema } from './small-schema.ts';
import type { Context } from './small-schema.ts';

/** An answer of GraphQL over HTTP, parsed. */
export const Answer = z.object({
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

type Options = Partial<GraphqlServerOptions<Context>> & {
  readonly wait?: () => Promise<string>;
  readonly logLevel?: string;
};

export const startSmallServer = async (options: Options = {}) => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const server = createGraphqlServer<Context>({
    schema: createSmallSchema(options.wait ?? (() => Promise.resolve('waited'))),
    context: (incoming) => ({ incoming }),
    production: true,
    door: openDoor,
    authority: openAuthority,
    readiness: () => [],
    log: pino({ level: options.logLevel ?? 'debug' }, sink),
    ...options,
  });
  const url = await server.start({ host: '127.0.0.1', port: 0 });
  const endpoint = new URL('/graphql', url);

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  return {
    server,
    url,
    endpoint,
    lines,
    post,
    /** Asks, and parses the answer. */
    async ask(query: string, variables?: Record<string, unknown>) {
      return Answer.parse(await (await post({ query, variables })).json());
    },
    /** Sends bytes as they are; gives all that came back once the server has closed the connection. */
    async raw(...chunks: readonly (string | Buffer)[]) {
      const socket = connect(Number(url.port), url.hostname);
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      for (const chunk of chunks) socket.write(chunk);
      return text(socket);
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
    },
  };
};
