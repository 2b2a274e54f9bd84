/**
 * The door of a service: who knocks is identified before anything is read of the question, and what leaves may be signed
 * and written down first. One service has one door; a request that it does not admit has no effect.
 */
import type { IncomingHttpHeaders } from 'node:http';

import type { Caller } from '#schema/caller.ts';
import type { RequestClaims } from '#schema/exchange.ts';

/** A request as the door sees it. */
export interface Knock {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of a GraphQL request; empty for a GET and for what is streamed to a route. */
  readonly body: Buffer;
}

/** What is about to leave. */
export interface Leaving {
  readonly status: number;
  readonly body: string;
}

/** What another member has signed for its question (`schema/exchange.ts`), as it came and as it was read. */
export interface SignedRequest {
  readonly jwt: string;
  readonly claims: RequestClaims;
}

/** Somebody who was let in. */
export interface Visit {
  readonly caller: Caller;
  /** The request of the station that asks, where one does. */
  readonly request?: SignedRequest;
  /**
   * Called with a GraphQL answer before it leaves; answers headers to go with it, names and values in turn. When it rejects, the
   * answer does not leave: a failure does.
   */
  readonly seal?: (leaving: Leaving) => Promise<readonly string[]>;
}

export interface Door {
  /** Rejects with the `RequestError` `UNAUTHENTICATED`, and with a `Fault` when it cannot tell. */
  admit(knock: Knock): Promise<Visit>;
}
