/** One HTTP request on its way through the server. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The query string with its question mark, or nothing. */
  readonly search: string;
}
