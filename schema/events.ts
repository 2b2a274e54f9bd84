/**
 * What members say of a donor in the donor log: each event a compact JWS (EdDSA, RFC 7515 and 8037) by its origin, whose
 * payload is the JSON of a `DonorEvent`. Only what an interval, a bar or a chair needs; never a marker or a document.
 */
import { z } from 'zod';

import { CivilDate } from './calendar.ts';
import { DonorToken, EventId, StationCode } from './ids.ts';
import { Outcome, Procedure } from './procedures.ts';

const instant = z.iso.datetime({ precision: 3 });

/** A draw as others need it: what, when (UTC), how much (millilitres, 0 to 100,000), how it ended. */
export const ReportedDonation = z.object({
  procedure: Procedure,
  collectedAt: instant,
  volumeMl: z.int().min(0).max(100_000),
  outcome: Outcome,
});
export type ReportedDonation = z.infer<typeof ReportedDonation>;

/** A donation was made. `permit` is the event that claimed the permit it was made under, null without one. */
const DonationRecorded = z.object({
  type: z.literal('donation.recorded'),
  donation: ReportedDonation,
  permit: EventId.nullable(),
});

/** The donation told by event `of` was in truth this one; null when it was not this donor's, or was none. The last correction stands. */
const DonationCorrected = z.object({
  type: z.literal('donation.corrected'),
  of: EventId,
  donation: ReportedDonation.nullable(),
});

/** Refer this donor from `since` on. One neutral kind for every cause. */
const BarSet = z.object({ type: z.literal('bar.set'), since: CivilDate });

/** The bar set by event `of` no longer holds from `until` on. */
const BarLifted = z.object({ type: z.literal('bar.lifted'), of: EventId, until: CivilDate });

/** A plasma station takes the donor as its own from `since` on. */
const RegistrationClaimed = z.object({ type: z.literal('registration.claimed'), since: CivilDate });

/** The registration told by event `of` ends with the day `until`. */
const RegistrationReleased = z.object({ type: z.literal('registration.released'), of: EventId, until: CivilDate });

/**
 * A station asks for the donor's chair: one procedure, for `lifetimeMs` from the moment the log takes the claim. Void when
 * the log takes it after `notAfter` (log time, milliseconds), so that a claim that was stuck grants nothing long after its
 * asker has gone. Judged by every node with the rule set named.
 */
const PermitClaimed = z.object({
  type: z.literal('permit.claimed'),
  procedure: Procedure,
  lifetimeMs: z.int().min(60_000).max(86_400_000),
  notAfter: z.int().min(0),
  ruleSet: z.object({ id: z.string().min(1).max(40), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
});

/** The permit claimed by event `of` is given back. */
const PermitReleased = z.object({ type: z.literal('permit.released'), of: EventId });

/** What an event says, by its type. */
export const EventBody = z.discriminatedUnion('type', [
  DonationRecorded,
  DonationCorrected,
  BarSet,
  BarLifted,
  RegistrationClaimed,
  RegistrationReleased,
  PermitClaimed,
  PermitReleased,
]);
export type EventBody = z.infer<typeof EventBody>;
export type EventType = EventBody['type'];

/** The types this version understands. */
export const eventTypes: ReadonlySet<string> = new Set<EventType>([
  'donation.recorded',
  'donation.corrected',
  'bar.set',
  'bar.lifted',
  'registration.claimed',
  'registration.released',
  'permit.claimed',
  'permit.released',
]);

/**
 * What every event has, whatever its type: `id` (UUID version 7; its origin's, so that only both together name an event),
 * `origin`, `seq` (1, 2, 3 ... per origin and partition), `token`, `at` (when the origin wrote it down, by its own clock;
 * never used to order anything).
 */
export const EventEnvelope = z.object({
  id: EventId,
  origin: StationCode,
  partition: z.int().min(0).max(9_999),
  seq: z.int().min(1),
  /** Of any form, so that what an origin says of nobody still counts as one of its numbers. */
  token: z.string().max(200),
  at: instant,
  body: z.looseObject({ type: z.string().min(1).max(60) }),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** An event this version understands. */
export const DonorEvent = EventEnvelope.extend({ token: DonorToken, body: EventBody });
export type DonorEvent = z.infer<typeof DonorEvent>;

/**
 * What a station says on the control topic every few seconds while its outbox is drained: a compact JWS whose payload this
 * is. Whoever has applied `seqs[p]` of every partition `p` knows everything the origin knew at `asOf`, in log time: a
 * time that had certainly begun by the log's clock when the outbox was read. Null while the origin does not know the
 * log's time yet; such a heartbeat proves nothing.
 */
export const Heartbeat = z.object({
  origin: StationCode,
  asOf: z.int().min(0).nullable(),
  seqs: z.array(z.int().min(0)).max(10_000),
});
export type Heartbeat = z.infer<typeof Heartbeat>;
