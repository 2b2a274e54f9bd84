/** What a resolver can reach: who this station is, and its use cases. */
import type { Caller } from '#schema/caller.ts';
import type { Member } from '#schema/directory.ts';
import type { SignedRequest } from '#server/http/door.ts';

import type { AuditPort, WitnessPort } from '../audit-port.ts';
import type { Database } from '../db/client.ts';
import type { Conflicts } from '../modules/conflicts/conflicts.ts';
import type { Donations } from '../modules/donations/donations.ts';
import type { Eligibility } from '../modules/eligibility/eligibility.ts';
import type { Lookouts } from '../modules/lookouts/lookouts.ts';
import type { Markers } from '../modules/marker/marker.ts';
import type { Permits } from '../modules/permits/permits.ts';
import type { Receipts } from '../modules/receipts/receipts.ts';
import type { Registrations } from '../modules/registrations/registrations.ts';
import type { Release } from '../modules/release/release.ts';
import type { Counts } from '../modules/station/counts.ts';
import type { Replication } from '../modules/station/replication.ts';
import type { SentEvents } from '../modules/station/sent-events.ts';
import type { ClockPort, HoldingPort, KnowledgePort, LogTimePort, TokenPort } from '../ports.ts';

/** One request, with the parts of a station that answer it. */
export interface Context extends Parts {
  readonly requestId: string;
  /** Who asks. */
  readonly caller: Caller;
  /** What another member has signed for this question, where one asks. */
  readonly request: SignedRequest | undefined;
}

/** The parts of a station that answer. Made once, shared by all requests. */
export interface Parts {
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly version: string;
  readonly isReady: () => Promise<boolean>;
  readonly prisma: Database['prisma'];
  readonly clock: ClockPort;
  readonly audit: AuditPort;
  readonly witness: Pick<WitnessPort, 'of'>;
  readonly tokens: TokenPort;
  readonly holdings: HoldingPort;
  readonly knowledge: KnowledgePort;
  readonly logTime: LogTimePort;
  readonly eligibility: Eligibility;
  readonly donations: Donations;
  readonly lookouts: Lookouts;
  readonly markers: Markers;
  readonly registrations: Registrations;
  readonly permits: Permits;
  readonly conflicts: Conflicts;
  readonly release: Release;
  readonly receipts: Receipts;
  readonly replication: Replication;
  readonly sentEvents: SentEvents;
  readonly counts: Counts;
}
