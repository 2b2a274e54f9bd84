/**
 * The minimal facts about a donor: what an interval or a bar needs and nothing else. A bar is neutral: it names no
 * marker. These shapes are what one station tells another, so they are parsed at the door of whoever receives them.
 */
import { z } from 'zod';

import { CivilDate } from './calendar.ts';
import { DonorToken, StationCode } from './ids.ts';
import { Outcome, Procedure } from './procedures.ts';

/** A draw: what, on which local day, how much (millilitres, 0 to 100,000), how it ended. */
export const HeldDonation = z.object({
  procedure: Procedure,
  collectedOn: CivilDate,
  volumeMl: z.int().min(0).max(100_000),
  outcome: Outcome,
});
export type HeldDonation = z.infer<typeof HeldDonation>;

/** The most donors one question may name, at a station and at the gateway. */
export const largestBatch = 1000;

const span = { since: CivilDate, until: CivilDate.nullable() };

/** Refer this donor to a physician: in force from `since` until the day `until`, or still (null). */
export const HeldBar = z.object(span);
export type HeldBar = z.infer<typeof HeldBar>;

/** A plasma station has this donor as its own: in force from `since` until the day `until`, or still (null). */
export const HeldRegistration = z.object(span);
export type HeldRegistration = z.infer<typeof HeldRegistration>;

/** What one station holds of one donor. */
export const DonorHolding = z.object({
  token: DonorToken,
  donations: z.array(HeldDonation),
  bars: z.array(HeldBar),
  registrations: z.array(HeldRegistration),
});
export type DonorHolding = z.infer<typeof DonorHolding>;

const heldBy = { station: StationCode };

/** A draw, and the station that holds it. */
export const DonationFact = HeldDonation.extend(heldBy);
export type DonationFact = z.infer<typeof DonationFact>;

/** A bar, and the station that set it. */
export const BarFact = HeldBar.extend(heldBy);
export type BarFact = z.infer<typeof BarFact>;

/** A registration, and the plasma station it is at. */
export const RegistrationFact = HeldRegistration.extend(heldBy);
export type RegistrationFact = z.infer<typeof RegistrationFact>;

/** What several stations together hold of one donor. */
export const DonorFacts = z.object({
  donations: z.array(DonationFact),
  bars: z.array(BarFact),
  registrations: z.array(RegistrationFact),
});
export type DonorFacts = z.infer<typeof DonorFacts>;
