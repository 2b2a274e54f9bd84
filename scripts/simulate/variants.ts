/** The same people, the same days: what differs is what the stations know of each other. */

export interface Variant {
  readonly name: string;
  /** In one line, for the table. */
  readonly title: string;
  /** Whether stations tell each other, or each knows its own records only. */
  readonly isShared: boolean;
  /** Whether a desk takes the donor's chair before the needle. */
  readonly hasPermits: boolean;
  /** Whether records are told late, as they are; else with the end of the draw. */
  readonly isLate: boolean;
  /** Whether people are taken for somebody else, as they are; else everybody is known by one number. */
  readonly isMistaken: boolean;
}

const federation = { isShared: true, hasPermits: true, isLate: true, isMistaken: true } as const;

export const variants = [
  { ...federation, name: 'apart', title: 'without the federation', isShared: false, hasPermits: false },
  { ...federation, name: 'withoutPermits', title: 'without permits', hasPermits: false },
  { ...federation, name: 'federation', title: 'with the federation' },
  { ...federation, name: 'lateOnly', title: 'late uploads only', isMistaken: false },
  { ...federation, name: 'prompt', title: 'all in time', isLate: false, isMistaken: false },
] as const satisfies readonly Variant[];
export type VariantName = (typeof variants)[number]['name'];
