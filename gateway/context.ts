/** What the gateway's resolvers get with each request. */
import type { Caller } from '#schema/caller.ts';
import type { Directory } from '#schema/directory.ts';

import type { Donors } from './donors.ts';

export interface Context {
  readonly requestId: string;
  /** Who asks. */
  readonly caller: Caller;
  /** The directory as it was when the request came: one answer never mixes two versions. */
  readonly directory: Directory;
  readonly donors: Donors;
}
