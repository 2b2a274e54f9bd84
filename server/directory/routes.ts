/**
 * How a service gives its directory to others and takes one from them. Both are open to all: a directory is no secret, and
 * what is brought proves itself by its signatures.
 */
import type { ServerResponse } from 'node:http';

import { write } from '../http/answer.ts';
import { createBodyReader } from '../http/body.ts';
import type { DirectoryFile } from './file.ts';
import { defaultLimits } from '../http/limits.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Exchange, Route } from '../http/routes.ts';
import type { Outcome } from './keeper.ts';
import { longestDirectory } from './prove.ts';

/** Checking one takes a moment of the whole process, so only so many are read at once. */
const AT_ONCE = 4;

const statuses = {
  TAKEN: 202,
  KNOWN: 200,
  OLDER: 409,
  EQUIVOCATION: 409,
  UNSIGNED: 409,
  BROKEN: 409,
} as const satisfies Record<Outcome, number>;

const json = 'application/json; charset=utf-8';

function answerWith(response: ServerResponse, { id: requestId }: Pick<Exchange, 'id'>, status: number, value: unknown) {
  write(response, { status, type: json, body: JSON.stringify(value), requestId });
}

/** `GET /directory`, `GET /directory/rotations` and `POST /directory`. */
export function createDirectoryRoutes(directory: DirectoryFile): readonly Route[] {
  const readBody = createBodyReader({ ...defaultLimits, bodyBytes: longestDirectory });
  let reading = 0;

  const give = ({ id: requestId, request, response }: Exchange): void => {
    const { digest, text } = directory.signed();
    const tag = `"${digest}"`;
    const isKnown = request.headers['if-none-match'] === tag;
    const answer = isKnown ? { status: 304, body: '' } : { status: 200, body: text };
    write(response, { ...answer, type: json, requestId, headers: ['etag', tag] });
  };
  const take = async (exchange: Exchange): Promise<void> => {
    if (reading >= AT_ONCE) throw new RequestError('TOO_MANY_REQUESTS', { retryAfterS: 1 });
    reading += 1;
    try {
      const text = (await readBody(exchange.request)).toString();
      const { outcome, reason } = await directory.take(text, 'a request');
      const { version } = directory.current();
      answerWith(exchange.response, exchange, statuses[outcome], { outcome, reason, version });
    } finally {
      reading -= 1;
    }
  };
  return [
    { method: 'GET', path: '/directory', open: true, handle: give },
    {
      method: 'GET',
      path: '/directory/rotations',
      open: true,
      handle: (exchange) => {
        answerWith(exchange.response, exchange, 200, directory.rotations());
      },
    },
    { method: 'POST', path: '/directory', open: true, handle: take },
  ];
}
