/** Which donations the rules look at. */
import type { CivilDate } from '#schema/calendar.ts';
import type { DonationFact } from '#schema/facts.ts';
import type { Procedure } from '#schema/procedures.ts';

/** The donations that count on a day: made on that day or before, and with blood drawn (GB 18467-2011 is about collections). */
export function countedDonations(donations: readonly DonationFact[], day: CivilDate): DonationFact[] {
  return donations.filter((donation) => donation.outcome !== 'NO_BLOOD' && donation.collectedOn <= day);
}

/**
 * The last day of each procedure. An interval runs from every past donation, but adding the same interval to a later
 * day never gives an earlier one, so the last of each procedure stands for all of them.
 */
export function lastDays(donations: readonly DonationFact[]): ReadonlyMap<Procedure, CivilDate> {
  const last = new Map<Procedure, CivilDate>();
  for (const { procedure, collectedOn } of donations) {
    const known = last.get(procedure);
    if (known === undefined || known < collectedOn) last.set(procedure, collectedOn);
  }
  return last;
}

/**
 * Each donation once: a fact that was heard twice counts once. Nobody gives the same volume by the same
 * procedure twice a day at one station, so what is equal in all is one donation.
 */
export function distinct(donations: readonly DonationFact[]): DonationFact[] {
  const seen = new Map(
    donations.map((donation) => {
      const { station, procedure, collectedOn, volumeMl, outcome } = donation;
      return [`${station} ${procedure} ${collectedOn} ${volumeMl} ${outcome}`, donation];
    }),
  );
  return [...seen.values()];
}
