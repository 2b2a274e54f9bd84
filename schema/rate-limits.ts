/**
 * How much may be asked in a time: what stops somebody who is allowed to ask from fishing. Counted in donors, not in
 * requests: a batch of a thousand is a thousand. Every number is far above what a busy station needs (200 checks a minute,
 * batches of 1,000 by its information system), and far below what fishing takes.
 */

/** How much within how many seconds; then it begins anew. */
export interface Budget {
  readonly points: number;
  readonly seconds: number;
}

const hour = 3_600;

/**
 * The budgets. `_PERSON`: of each person, and of each person of another member as that member names them; `_MACHINE`: of each
 * information system or node; `_MEMBER`: of everybody another member asks for, together.
 */
export const defaultBudgets = {
  /** Checks before a donation or a release. */
  LOOKUPS_PERSON: { points: 3_000, seconds: hour },
  LOOKUPS_MACHINE: { points: 60_000, seconds: hour },
  LOOKUPS_MEMBER: { points: 120_000, seconds: hour },
  /** Markers of referred donors, which a physician asks one by one. */
  MARKERS_PERSON: { points: 30, seconds: hour },
  MARKERS_MACHINE: { points: 30, seconds: hour },
  MARKERS_MEMBER: { points: 300, seconds: hour },
  /** Minimal facts for decisions elsewhere. */
  HOLDINGS_PERSON: { points: 6_000, seconds: hour },
  HOLDINGS_MACHINE: { points: 120_000, seconds: hour },
  HOLDINGS_MEMBER: { points: 240_000, seconds: hour },
  /** Pages and entries of a station's own records. */
  RECORDS_PERSON: { points: 1_200, seconds: hour },
  RECORDS_MACHINE: { points: 24_000, seconds: hour },
  RECORDS_MEMBER: { points: 24_000, seconds: hour },
  /** Tables of figures; each is a whole one. */
  FIGURES_PERSON: { points: 1_200, seconds: hour },
  FIGURES_MACHINE: { points: 1_200, seconds: hour },
  FIGURES_MEMBER: { points: 6_000, seconds: hour },
  /** Bars put on donors: a station that floods the region with them is noticed. */
  BARS_PERSON: { points: 120, seconds: hour },
  BARS_MACHINE: { points: 1_200, seconds: hour },
  BARS_MEMBER: { points: 1_200, seconds: hour },
  /** Different resident numbers of one county and birthday, by one caller: whoever knows a birthday may not try out the rest. */
  GUESSES: { points: 20, seconds: hour },
  /** Attempts of one address that were not let in. */
  ATTEMPTS: { points: 120, seconds: 60 },
  /** Tokens of one address' information systems. */
  TOKENS: { points: 300, seconds: 600 },
} as const satisfies Record<string, Budget>;

export type BudgetName = keyof typeof defaultBudgets;
export type Budgets = Readonly<Record<BudgetName, Budget>>;

/** What a line is charged to; whose budget of it is used, depends on who asks. */
export type Charge = 'LOOKUPS' | 'MARKERS' | 'HOLDINGS' | 'RECORDS' | 'BARS' | 'FIGURES';

/** Lines by coordinate, `Type.field`. What has no line costs nothing. */
export type ChargeTable = Readonly<Record<string, Charge>>;

/** What is charged at a station. */
export const stationCharges: ChargeTable = {
  'Query.eligibility': 'LOOKUPS',
  'Query.eligibilityBatch': 'LOOKUPS',
  'Query.schedule': 'LOOKUPS',
  'Query.releaseCheck': 'LOOKUPS',
  'Mutation.requestPermit': 'LOOKUPS',
  'Query.marker': 'MARKERS',
  'Station.markers': 'MARKERS',
  'Station.donor': 'HOLDINGS',
  'Station.donors': 'HOLDINGS',
  'Query.holding': 'RECORDS',
  'Query.donations': 'RECORDS',
  'Query.lookouts': 'RECORDS',
  'Query.permits': 'RECORDS',
  'Query.conflict': 'RECORDS',
  'Query.conflicts': 'RECORDS',
  'Query.auditEntries': 'RECORDS',
  'Mutation.reportLookout': 'BARS',
};

/** What is charged at a gateway. It cannot see the donors of an `exchange`, so that there a question is one; stations count. */
export const gatewayCharges: ChargeTable = {
  'Query.exchange': 'HOLDINGS',
  'Query.aggregate': 'FIGURES',
  'Query.donor': 'HOLDINGS',
  'Query.donors': 'HOLDINGS',
};
