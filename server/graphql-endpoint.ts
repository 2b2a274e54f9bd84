/** `/graphql`: from an HTTP request to a question and from its outcome to an HTTP answer. */
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { KnownDocuments } from '#schema/operations.ts';
import { addressOf } from './http/address.ts';
import { answerOf } from './graphql/graphql-answer.ts';
import { write, writeFailure } from './http/answer.ts';
import type { Asked } from './http/asked.ts';
import { createBodyReader, parseJson } from './http/body.ts';
import { isCrossSite } from './http/cross-site.ts';
import { createDocumentGate } from './graphql/document-gate.ts';
import type { Engine } from './graphql/engine.ts';
import type { Entrance } from './entrance.ts';
import type { Limits } from './http/limits.ts';
import { isReadableJson, negotiate } from './http/media-type.ts';
import { parseParameters, parseSearch } from './http/parameters.ts';
import type { Parameters } from './http/parameters.ts';
import { RequestError } from './errors/request-error.ts';
import { cutIfStalled } from './http/sockets.ts';

export interface EndpointOptions {
  readonly engine: Engine;
  readonly entrance: Entrance;
  /** The documents that are answered in production. */
  readonly documents: KnownDocuments;
  readonly production: boolean;
  readonly limits: Limits;
  readonly log: Logger;
}

const isForPage = ({ method, headers }: IncomingMessage) =>
  method === 'GET' && headers.accept?.includes('text/html') === true;

const nothing = Buffer.alloc(0);

export const createGraphqlEndpoint = (options: EndpointOptions) => {
  const { engine, entrance, production, limits, log } = options;
  const readBody = createBodyReader(limits);
  const documentOf = createDocumentGate(options.documents, production);

  const bodyOf = (request: IncomingMessage): Buffer | Promise<Buffer> => {
    if (request.method === 'GET') return nothing;
    if (request.method !== 'POST') throw new RequestError('METHOD_NOT_ALLOWED', { allow: 'GET, POST' });
    if (!isReadableJson(request.headers)) throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
    return readBody(request);
  };

  const parametersOf = ({ request, search }: Asked, body: Buffer): Parameters =>
    request.method === 'GET' ? parseSearch(search, limits) : parseParameters(parseJson(body), limits);

  return async (asked: Asked): Promise<void> => {
    const { request, response, requestId } = asked;
    const { method = '', headers } = request;
    const mediaType = negotiate(headers.accept);
    const to = { log, production, requestId, mediaType };
    try {
      if (!production && isForPage(request)) {
        await engine.graphiql(request, response);
        return;
      }
      if (isCrossSite(headers)) throw new RequestError('CROSS_SITE_REQUEST');
      if (mediaType === undefined) throw new RequestError('NOT_ACCEPTABLE');
      const address = addressOf(request.socket);
      entrance.assertNotWaiting(address);
      const body = await bodyOf(request);
      const knock = { requestId, method, path: '/graphql', headers, body };
      const { caller, request: signed, seal } = await entrance.admit(knock, address);
      const parameters = parametersOf(asked, body);
      const document = documentOf(parameters, caller);
      const incoming = { id: requestId, caller, request: signed, headers };
      const outcome = await engine.answer({
        document,
        parameters,
        readOnly: method === 'GET' || caller.from !== 'OWN',
        incoming,
      });
      const answer = answerOf(outcome, { ...to, mediaType });
      if (answer.body.length > limits.answerCharacters) {
        throw new RequestError('DOCUMENT_TOO_COMPLEX', { detail: 'The answer is too long: ask for less at once.' });
      }
      write(response, seal === undefined ? answer : { ...answer, headers: await seal(answer) });
      cutIfStalled(response, limits.stalledMs);
    } catch (error) {
      writeFailure(asked, error, to);
    }
  };
};
