/**
 * Pages for a browser: the files of a folder as routes. They are listed and read once, when the service starts, so that nothing
 * else can be asked for by any path.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { Exchange, Route } from './routes.ts';

const compress = promisify(gzip);
const entry = 'index.html';

/** What the build makes; another kind of file is not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PagesOptions {
  /** Where the built files are. */
  readonly folder: string;
  /** The path they are served under, `/` at its end; there is the entry. */
  readonly under: string;
  /** Where their scripts may send requests besides to where they came from. */
  readonly connectTo: readonly string[];
}

/** Everything from here, nothing inline, in nobody's frame (Content Security Policy Level 3). */
const policyOf = (connectTo: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...connectTo].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const accepts = ({ request }: Exchange): boolean => /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');

/** The routes. Rejects when the folder cannot be read. */
export async function readPages({ folder, under, connectTo }: PagesOptions): Promise<readonly Route[]> {
  const always = [
    ...['x-content-type-options', 'nosniff'],
    ...['content-security-policy', policyOf(connectTo)],
    ...['referrer-policy', 'no-referrer'],
    ...['cross-origin-opener-policy', 'same-origin'],
    ...['vary', 'accept-encoding'],
  ];
  const routeOf = async (name: string): Promise<Route[]> => {
    const type = types[path.extname(name)];
    if (type === undefined) return [];
    const plain = await readFile(path.join(folder, name));
    const small = await compress(plain);
    const isEntry = name === entry;
    // The names of all others hold a hash of what is in them.
    const keep = isEntry ? 'no-store' : 'public, max-age=31536000, immutable';
    const handle = (exchange: Exchange): void => {
      const isSmall = accepts(exchange);
      const body = isSmall ? small : plain;
      const encoding = isSmall ? ['content-encoding', 'gzip'] : [];
      const length = ['content-length', String(body.length)];
      const own = ['content-type', type, ...length, 'cache-control', keep, 'x-request-id', exchange.id];
      exchange.response.writeHead(200, [...own, ...encoding, ...always]).end(body);
    };
    const place = `${under}${isEntry ? '' : name.replaceAll(path.sep, '/')}`;
    return [{ method: 'GET', path: place, open: true, page: isEntry, handle }];
  };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((one) => one.isFile())
    .map((one) => path.relative(folder, path.join(one.parentPath, one.name)));
  return (await Promise.all(names.toSorted().map(routeOf))).flat();
}
