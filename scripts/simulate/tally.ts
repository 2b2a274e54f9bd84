/** What is counted in one variant. Counts of several parts of the population add up. */

export const counts = [
  /** People who came before a desk, once for each time. */
  'presentations',
  'hastyPresentations',
  /** By people with a bar in force that another station set. */
  'shieldedPresentations',
  /** Draws at blood stations, first ones among them, and at plasma stations; those without blood are none. */
  'bloodDonations',
  'firstDonations',
  'plasmaDonations',
  /** Sent home: too soon, to the physician, because a station was not heard, because of another's permit, found unfit. */
  'deferred',
  'referred',
  'unheard',
  'chairTaken',
  'unfit',
  /** Of these but the unfit and unheard, whom the rules would have allowed. */
  'turnedAwayWrongly',
  /** Draws that should not have been made, each once, and by what was broken; one can break several. */
  'broken',
  'wholeBloodWithin30Days',
  'tooSoon',
  'shieldedGaveElsewhere',
  'plasmaAtTwoStations',
  /** Why they were made all the same, each once. */
  'notShared',
  'lateUpload',
  'alternativeDocument',
  'mistypedDocument',
  'borrowedDocument',
  'sameMoment',
  /** Of the broken ones, those that were found out before the unit left. */
  'heldAtRelease',
] as const;
export type Count = (typeof counts)[number];

export type Tally = Record<Count, number>;

export const createTally = (): Tally => Object.fromEntries(counts.map((name) => [name, 0])) as Tally;

/** Adds one tally to another. */
export function addTo(sum: Tally, more: Tally): void {
  for (const name of counts) sum[name] += more[name];
}
