/** `/graphql`: from an HTTP request to a question and from its outcome to an HTTP answer. */
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { writeFailure, writeOutcome } from './answer.ts';
import type { Asked } from './asked.ts';
import { createJsonReader } from './body.ts';
import { isCrossSite } from './cross-site.ts';
import type { Engine } from './engine.ts';
import type { Limits } from './limits.ts';
import { isReadableJson, negotiate } from './media-type.ts';
import { parseParameters, parseSearch } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { RequestError } from './request-error.ts';

export interface EndpointOptions {
  readonly engine: Engine;
  readonly production: boolean;
  readonly limits: Limits;
  readonly log: Logger;
}

const isForPage = ({ method, headers }: IncomingMessage) =>
  method === 'GET' && headers.accept?.includes('text/html') === true;

export const createGraphqlEndpoint = ({ engine, production, limits, log }: EndpointOptions) => {
  const readJson = createJsonReader(limits);

  const parametersOf = ({ request, search }: Asked): Parameters | Promise<Parameters> => {
    if (request.method === 'GET') return parseSearch(search, limits);
    if (request.method !== 'POST') throw new RequestError('METHOD_NOT_ALLOWED', { allow: 'GET, POST' });
    if (!isReadableJson(request.headers)) throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
    return readJson(request).then((body) => parseParameters(body, limits));
  };

  return async (asked: Asked): Promise<void> => {
    const { request, response, requestId } = asked;
    const { method, headers } = request;
    const mediaType = negotiate(headers.accept);
    const to = { log, production, requestId, mediaType };
    try {
      if (!production && isForPage(request)) {
        await engine.graphiql(request, response);
        return;
      }
      if (isCrossSite(headers)) throw new RequestError('CROSS_SITE_REQUEST');
      if (mediaType === undefined) throw new RequestError('NOT_ACCEPTABLE');
      const parameters = await parametersOf(asked);
      const incoming = { id: requestId, headers };
      writeOutcome(response, await engine.answer({ parameters, readOnly: method === 'GET', incoming }), {
        ...to,
        mediaType,
      });
    } catch (error) {
      writeFailure(asked, error, to);
    }
  };
};
