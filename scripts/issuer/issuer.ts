/** The development provider as a service: started, stopped, and healthy at `/livez`. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from 'pino';

import { describeError } from '#server/errors/describe-error.ts';
import { drain, listen } from '#server/lifecycle.ts';

import type { IssuerConfig } from './config.ts';
import { createProvider } from './provider.ts';
import { answerSignIn } from './sign-in-page.ts';

const drainMs = 1_000;

export interface Issuer {
  /** Answers its base URL, which is also its name as an issuer. */
  start(): Promise<URL>;
  stop(): Promise<void>;
}

export function createIssuer(config: IssuerConfig, log: Logger): Issuer {
  type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  // The provider has to know where it is, and that is known once somebody listens.
  const answering = Promise.withResolvers<Answer>();

  const answer: Answer = async (request, response) => {
    try {
      if (request.url === '/livez') response.end('ok\n');
      else await (await answering.promise)(request, response);
    } catch (error) {
      log.error({ error: describeError(error) }, 'request failed');
      if (!response.headersSent) response.writeHead(400);
      response.end();
    }
  };
  const server = createServer((request, response) => void answer(request, response));

  return {
    async start() {
      const url = await listen(server, { host: config.LOOKOUT_HOST, port: config.LOOKOUT_PORT });
      const provider = await createProvider(url.origin, config);
      const standard = provider.callback();
      answering.resolve(async (request, response) => {
        if (request.url?.startsWith('/interaction/') === true) await answerSignIn(provider, request, response);
        else await standard(request, response);
      });
      return url;
    },
    stop: () => drain(server, drainMs),
  };
}
