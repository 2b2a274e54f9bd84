/** How facts are put into words for the donor log, and the words into the payload that is signed. */
import canonicalize from 'canonicalize';

import type { DonorEvent, EventBody, ReportedDonation } from '#schema/events.ts';
import type { EventId, StationCode } from '#schema/ids.ts';
import type { Outcome, Procedure } from '#schema/procedures.ts';

/** A draw as a station keeps it. */
export interface Draw {
  readonly procedure: Procedure;
  readonly collectedAt: Date;
  readonly volumeMl: number;
  readonly outcome: Outcome;
}

function reported({ procedure, collectedAt, volumeMl, outcome }: Draw): ReportedDonation {
  return { procedure, collectedAt: collectedAt.toISOString(), volumeMl, outcome };
}

/** @param permit the event that claimed the permit it was made under; null without one. */
export function donationRecorded(draw: Draw, permit: EventId | null): EventBody {
  return { type: 'donation.recorded', donation: reported(draw), permit };
}

/** @param draw what the donation told by event `of` was in truth; null when it was not this donor's. */
export function donationCorrected(of: EventId, draw: Draw | null): EventBody {
  return { type: 'donation.corrected', of, donation: draw === null ? null : reported(draw) };
}

/** An event that is on its way out, and who says it. */
interface Outgoing extends Omit<DonorEvent, 'at'> {
  readonly at: Date;
}

/**
 * The payload of an event's JWS: canonical JSON (RFC 8785), so that an event sent again, by whichever version of this
 * software, is byte for byte what it was. Readers take anything else under the same number for a fork.
 */
export function payloadOf(origin: StationCode, event: Omit<Outgoing, 'origin'>): string {
  const { id, partition, seq, token, at, body } = event;
  return canonicalize({ id, origin, partition, seq, token, at: at.toISOString(), body }) ?? '';
}
