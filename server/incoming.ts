/** What a request is to those who answer it: no more than its name and its headers. */
import type { IncomingHttpHeaders } from 'node:http';

export interface Incoming {
  /** The request id: in the answer, in the log, and to be passed on as `x-request-id`. */
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
}
