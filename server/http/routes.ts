/** Paths beside GraphQL: uploads, downloads, whatever a service answers with streams. */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Caller } from '#schema/caller.ts';
import { RequestError } from '../errors/request-error.ts';

/** One request to a route. What `handle` throws before it has written is answered like any other error. */
export interface Exchange {
  readonly id: string;
  /** Whom the door has let in; null at a route that is open to all. */
  readonly caller: Caller | null;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The named parts of the path. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

export interface Route {
  readonly method: string;
  /** As `URLPattern` has it: `/import/:kind`. */
  readonly path: string;
  /** Answered without asking who asks: for what everybody may see, and for what proves itself. */
  readonly open?: boolean;
  /** Answered only so many times an address: it gives tokens to whoever proves itself there. */
  readonly givesTokens?: boolean;
  /** A page that somebody may come to from another site, by a link or on the way back from where they have signed in. */
  readonly page?: boolean;
  handle(exchange: Exchange): Promise<void> | void;
}

/** What the table of disclosure calls it: method and path, without what a named part may be. */
export const coordinateOf = ({ method, path }: Route): string => `${method} ${path.replaceAll(/\([^)]*\)/g, '')}`;

/** Finds the route of a request, or throws what is wrong with it. */
export const createRouter = (routes: readonly Route[]) => {
  const patterns = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }));
  return (method: string | undefined, pathname: string) => {
    const matches = patterns.flatMap(({ route, pattern }) => {
      const found = pattern.exec({ pathname });
      return found === null ? [] : [{ route, parameters: found.pathname.groups }];
    });
    const match = matches.find(({ route }) => route.method === method);
    if (match !== undefined) return match;
    if (matches.length === 0) throw new RequestError('PATH_UNKNOWN');
    throw new RequestError('METHOD_NOT_ALLOWED', { allow: matches.map(({ route }) => route.method).join(', ') });
  };
};
