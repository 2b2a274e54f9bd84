/** What the gateway's resolvers get with each request. */
import type { Caller } from '#schema/caller.ts';
import type { Directory } from '#schema/directory.ts';
import type { SignedRequest } from '#server/http/door.ts';

import type { Aggregates } from './aggregates/aggregates.ts';
import type { Exchange } from './exchange-fields.ts';

export interface Context {
  readonly requestId: string;
  /** Who asks. */
  readonly caller: Caller;
  /** The directory as it was when the request came: one answer never mixes two versions. */
  readonly directory: Directory;
  /** What another member has signed for its question, where one asks. */
  readonly request: SignedRequest | undefined;
  readonly exchange: Exchange;
  readonly aggregates: Aggregates;
}
