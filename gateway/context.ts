/** What the gateway's resolvers get with each request. */
import type { Directory } from '#schema/directory.ts';

import type { Donors } from './donors.ts';

export interface Context {
  readonly requestId: string;
  /** The directory as it was when the request came: one answer never mixes two versions. */
  readonly directory: Directory;
  readonly donors: Donors;
}
