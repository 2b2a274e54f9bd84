/** The station's own facts of a donor as rows, for every statement that reads them. */
import type { CivilDate } from '#schema/calendar.ts';
import type { DonorHolding } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { Outcome, Procedure } from '#schema/procedures.ts';

/** Every own fact of a donor, who is an expression: what, since, until, volume_ml, outcome. */
export const ownFactsOf = (donor: string): string => `
  SELECT procedure::text AS what, collected_on::text AS since, NULL::text AS until, volume_ml, outcome::text
  FROM donation WHERE donation.token = ${donor}
  UNION ALL
  SELECT 'BAR', confirmed_on::text, cleared_on::text, NULL, NULL FROM lookout WHERE lookout.token = ${donor}
  UNION ALL
  SELECT 'HOME', registered_on::text, released_on::text, NULL, NULL FROM registration WHERE registration.token = ${donor}`;

type Day = CivilDate;

/** A row of it, after the place of the donor in the question: the database holds only what was parsed on its way in. */
export type OwnFactRow =
  | [place: number, what: Procedure, since: Day, until: null, volumeMl: number, outcome: Outcome]
  | [place: number, what: 'BAR', since: Day, until: Day | null, volumeMl: null, outcome: null]
  | [place: number, what: 'HOME', since: Day, until: Day | null, volumeMl: null, outcome: null];

export function emptyHolding(token: DonorToken): DonorHolding {
  return { token, donations: [], bars: [], registrations: [] };
}

export function addOwnFact(holding: DonorHolding, row: OwnFactRow | [...OwnFactRow, ...unknown[]]): void {
  if (row[1] === 'BAR') holding.bars.push({ since: row[2], until: row[3] });
  else if (row[1] === 'HOME') holding.registrations.push({ since: row[2], until: row[3] });
  else holding.donations.push({ procedure: row[1], collectedOn: row[2], volumeMl: row[4], outcome: row[5] });
}
