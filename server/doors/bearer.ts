/** The token of a request (RFC 6750 section 2.1): in the header `authorization` and nowhere else. */
import type { IncomingHttpHeaders } from 'node:http';

import { RequestError } from '../errors/request-error.ts';

/** Three parts of base64url, as every signed JWT is; nothing else is worth a look. */
const bearer = /^bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

/** Throws `UNAUTHENTICATED` when there is none. */
export function readBearer({ authorization }: IncomingHttpHeaders): string {
  const token = authorization === undefined ? undefined : bearer.exec(authorization)?.[1];
  if (token === undefined) throw new RequestError('UNAUTHENTICATED');
  return token;
}
