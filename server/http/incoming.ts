/** What a request is to those who answer it: its name, who sent it, and its headers. */
import type { IncomingHttpHeaders } from 'node:http';

import type { Caller } from '#schema/caller.ts';

import type { SignedRequest } from './door.ts';

export interface Incoming {
  /** The request id: in the answer, in the log, and to be passed on as `x-request-id`. */
  readonly id: string;
  /** Whom the door has let in. */
  readonly caller: Caller;
  /** What another member has signed for this question, where one asks. */
  readonly request?: SignedRequest | undefined;
  readonly headers: IncomingHttpHeaders;
}
