/**
 * Whether a browser sent a request from another site's page. POST is safe already, since `application/json` needs a
 * preflight that is never granted; a GET needs none, so what browsers say about its origin decides for every method.
 */
import type { IncomingHttpHeaders } from 'node:http';

const isOtherOrigin = (origin: string, host: string | undefined) =>
  !URL.canParse(origin) || new URL(origin).host !== host;

export const isCrossSite = (headers: IncomingHttpHeaders): boolean => {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  return headers.origin !== undefined && isOtherOrigin(headers.origin, headers.host);
};

/** Whether a browser goes to a page with it. The site somebody comes from does not get to see what it finds there. */
export const isNavigation = (headers: IncomingHttpHeaders): boolean =>
  headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
