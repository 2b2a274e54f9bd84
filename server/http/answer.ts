/** Writing answers: status, headers and JSON of GraphQL over HTTP, in one write. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault, Refused } from '#schema/errors.ts';
import type { MediaType } from './media-type.ts';
import { presentError } from '../errors/present-error.ts';
import type { Presenter } from '../errors/present-error.ts';
import { RequestError } from '../errors/request-error.ts';

/** Time a caller gets to see the refusal of a body that it is still sending, before the connection is cut. */
const LINGER_MS = 500;

/** The content types of answers, as they are written. */
export const GRAPHQL_TYPES = {
  'application/json': 'application/json; charset=utf-8',
  'application/graphql-response+json': 'application/graphql-response+json; charset=utf-8',
} as const satisfies Record<MediaType, string>;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly requestId: string;
  readonly headers?: readonly string[];
}

const headOf = ({ type, requestId, headers = [] }: Answer, length: number) => [
  'content-type',
  type,
  'content-length',
  String(length),
  'x-request-id',
  requestId,
  'cache-control',
  'no-store',
  'x-content-type-options',
  'nosniff',
  ...headers,
];

/** Writes an answer to a request whose body was read. */
export const write = (response: ServerResponse, answer: Answer): void => {
  const { status, body } = answer;
  const length = Buffer.byteLength(body);
  response.writeHead(status, headOf(answer, length));
  // Text that is all ASCII is the same in both encodings, and faster to write in the simpler one.
  response.end(body, length === body.length ? 'latin1' : 'utf8');
};

const hasUnreadBody = (request: IncomingMessage) =>
  !request.complete && ('transfer-encoding' in request.headers || Number(request.headers['content-length'] ?? 0) > 0);

/**
 * Writes an answer to a request whose body may not have been read. To keep the connection would mean to read to the end;
 * to cut it at once would take the answer from a caller who is still sending. So what comes is dropped for a moment.
 */
export const writeEarly = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  if (!hasUnreadBody(request)) {
    write(response, answer);
    return;
  }
  response.writeHead(answer.status, [...headOf(answer, Buffer.byteLength(answer.body)), 'connection', 'close']);
  response.write(answer.body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('end', end).once('error', end).resume();
};

const statusOf = (error: unknown) => {
  if (error instanceof RequestError) return error.status;
  if (error instanceof Refused) return 403;
  if (error instanceof Fault && error.retryable) return 503;
  return 500;
};

/** What a caller has to know beside the code: which methods there are, when to come again, and that a token is needed (RFC 6750 section 3). */
const headersOf = (error: unknown): readonly string[] => {
  if (!(error instanceof RequestError)) return [];
  if (error.code === 'UNAUTHENTICATED') return ['www-authenticate', 'Bearer'];
  if (error.retryAfterS !== undefined) return ['retry-after', String(error.retryAfterS)];
  return error.allow === undefined ? [] : ['allow', error.allow];
};

/** What went wrong before there was a result. */
export const writeFailure = (
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  error: unknown,
  to: Omit<Presenter, 'code'> & { mediaType?: MediaType | undefined },
): void => {
  const { mediaType = 'application/json', requestId } = to;
  const presented = presentError(error, { ...to, code: 'BAD_REQUEST' });
  if (response.headersSent) {
    // Half an answer cannot be taken back; cutting the connection is the only way to say that it is not whole.
    response.destroy();
    return;
  }
  writeEarly(request, response, {
    status: statusOf(error),
    type: GRAPHQL_TYPES[mediaType],
    body: JSON.stringify({ errors: [presented] }),
    requestId,
    headers: headersOf(error),
  });
};
