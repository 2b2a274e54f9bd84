/** The same people, the same days: what differs is what the stations know of each other. */

export interface Variant {
  readonly name: string;
  /** For the head of the table, and what it means. */
  readonly title: string;
  readonly meaning: string;
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
  {
    ...federation,
    name: 'apart',
    title: 'apart',
    meaning: 'each station knows its own records only',
    isShared: false,
    hasPermits: false,
  },
  {
    ...federation,
    name: 'withoutPermits',
    title: 'no permits',
    meaning: 'the federation, but nobody takes the chair',
    hasPermits: false,
  },
  { ...federation, name: 'federation', title: 'federation', meaning: 'everything as it is' },
  {
    ...federation,
    name: 'lateOnly',
    title: 'late only',
    meaning: 'the federation, and nobody is taken for somebody else',
    isMistaken: false,
  },
  {
    ...federation,
    name: 'prompt',
    title: 'in time',
    meaning: 'the same, and every record is told with the end of the draw',
    isLate: false,
    isMistaken: false,
  },
] as const satisfies readonly Variant[];
export type VariantName = (typeof variants)[number]['name'];
