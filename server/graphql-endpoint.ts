/** `/graphql`: from an HTTP request to a question and from its outcome to an HTTP answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { writeFailure, writeOutcome } from './answer.ts';
import { createJsonReader } from './body.ts';
import { isCrossSite } from './cross-site.ts';
import type { Engine, Question } from './engine.ts';
import type { Limits } from './limits.ts';
import { isReadableJson, negotiate } from './media-type.ts';
import { parseParameters, parseSearch } from './parameters.ts';
import { RequestError } from './request-error.ts';

export interface EndpointOptions {
  readonly engine: Engine;
  readonly production: boolean;
  readonly limits: Limits;
  readonly log: Logger;
}

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly search: string;
}

const isForPage = ({ method, headers }: IncomingMessage) =>
  method === 'GET' && headers.accept?.includes('text/html') === true;

export const createGraphqlEndpoint = ({ engine, production, limits, log }: EndpointOptions) => {
  const readJson = createJsonReader(limits);

  const read = async ({ request, requestId, search }: Asked): Promise<Question> => {
    const incoming = { id: requestId, headers: request.headers };
    if (request.method === 'GET') return { parameters: parseSearch(search, limits), readOnly: true, incoming };
    if (request.method !== 'POST') throw new RequestError('METHOD_NOT_ALLOWED', { allow: 'GET, POST' });
    if (!isReadableJson(request.headers)) throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
    return { parameters: parseParameters(await readJson(request), limits), readOnly: false, incoming };
  };

  return async (asked: Asked): Promise<void> => {
    const { request, response, requestId } = asked;
    if (!production && isForPage(request)) {
      await engine.graphiql(request, response);
      return;
    }
    const mediaType = negotiate(request.headers.accept);
    const to = { log, production, requestId, mediaType };
    try {
      if (isCrossSite(request.headers)) throw new RequestError('CROSS_SITE_REQUEST');
      if (mediaType === undefined) throw new RequestError('NOT_ACCEPTABLE');
      writeOutcome(response, await engine.answer(await read(asked)), { ...to, mediaType });
    } catch (error) {
      writeFailure(asked, error, to);
    }
  };
};
