/**
 * Who may ask what, for what: the one table of it. What it does not allow is denied. Every field of `Query`, `Mutation` and
 * `Station` and every route beside GraphQL is a line; the fields of other types are part of what the field above them answers.
 */
import type { Caller, Purpose, Role } from './caller.ts';
import type { StationKind } from './procedures.ts';

/** One way to be allowed: all of it has to fit. */
export interface Allowance {
  readonly from: Caller['from'];
  readonly roles: readonly Role[];
  readonly purposes: readonly Purpose[];
  /** The kind of station that may be asked; any when left out. */
  readonly kind?: StationKind;
}

/** Lines by coordinate: `Type.field`, or method and path. */
export type DisclosureTable = Readonly<Record<string, readonly Allowance[]>>;

const own = (roles: readonly Role[], purposes: readonly Purpose[], kind?: StationKind): Allowance => ({
  from: 'OWN',
  roles,
  purposes,
  ...(kind !== undefined && { kind }),
});
const member = (roles: readonly Role[], purposes: readonly Purpose[]): Allowance => ({
  from: 'MEMBER',
  roles,
  purposes,
});
const gateway = (roles: readonly Role[], purposes: readonly Purpose[]): Allowance => ({
  from: 'GATEWAY',
  roles,
  purposes,
});
/** A regulator is asked nothing and asks for figures; this is the only line there is for one. */
const regulators: readonly Allowance[] = [{ from: 'REGULATOR', roles: ['REGULATOR'], purposes: ['STATISTICS'] }];

/** Those a donor meets before a donation. They see a verdict and a day. */
const beforeDonation: readonly Role[] = ['DESK', 'COLLECTOR', 'PHYSICIAN', 'PLASMA_REGISTRAR', 'SYSTEM'];
const beforeRelease: readonly Role[] = ['LABORATORY', 'LABORATORY_SUPERVISOR', 'SYSTEM'];
const lookback: readonly Role[] = ['PHYSICIAN', 'LABORATORY_SUPERVISOR', 'AUDITOR'];

/** The minimal facts a decision elsewhere rests on, for whoever may ask for that decision. */
const heldForOthers = [member(beforeDonation, ['DONATION']), member(beforeRelease, ['RELEASE'])];
/** The gateway that gathers figures for regulators; its right to is in the directory. */
const countsForFigures = [gateway(['NODE'], ['STATISTICS'])];
const stateOfService = [
  own(['OPERATOR', 'AUDITOR'], ['OPERATION']),
  gateway(['OPERATOR', 'AUDITOR', 'NODE'], ['OPERATION']),
];

/** What a station answers. */
export const stationDisclosure: DisclosureTable = {
  'Query.eligibility': [own(beforeDonation, ['DONATION'])],
  'Query.eligibilityBatch': [own(['DESK', 'COLLECTOR', 'PLASMA_REGISTRAR', 'SYSTEM'], ['DONATION'])],
  'Query.schedule': [own(beforeDonation, ['DONATION'])],
  'Query.holding': [own(['PHYSICIAN'], ['CARE']), own(['SYSTEM'], ['RECORDING'])],
  'Query.marker': [own(['PHYSICIAN'], ['CARE'])],
  'Query.donations': [own(['COLLECTOR', 'SYSTEM'], ['RECORDING']), own(lookback, ['LOOKBACK'])],
  'Query.lookouts': [own(['LABORATORY', 'LABORATORY_SUPERVISOR'], ['LOOKOUT'])],
  'Query.permits': [own(['DESK', 'COLLECTOR', 'PLASMA_REGISTRAR', 'SYSTEM'], ['DONATION'])],
  'Query.releaseCheck': [own(beforeRelease, ['RELEASE'])],
  'Query.conflict': [own(lookback, ['LOOKBACK'])],
  'Query.conflicts': [own(lookback, ['LOOKBACK'])],
  'Query.auditEntries': [own(['AUDITOR'], ['AUDIT'])],
  'Query.self': [
    ...stateOfService,
    ...heldForOthers,
    ...countsForFigures,
    member(['NODE'], ['REPLICATION']),
    member(['PHYSICIAN'], ['CARE']),
    member(['AUDITOR', 'NODE'], ['AUDIT']),
  ],
  'Query._stations': stateOfService,

  'Mutation.recordDonation': [own(['COLLECTOR', 'SYSTEM'], ['RECORDING'])],
  'Mutation.correctDonation': [own(['COLLECTOR', 'SYSTEM'], ['RECORDING'])],
  'Mutation.reportLookout': [own(['LABORATORY', 'LABORATORY_SUPERVISOR', 'SYSTEM'], ['LOOKOUT'])],
  'Mutation.clearLookout': [own(['LABORATORY_SUPERVISOR'], ['LOOKOUT'])],
  'Mutation.registerPlasmaDonor': [own(['PLASMA_REGISTRAR', 'SYSTEM'], ['REGISTRATION'], 'PLASMA')],
  'Mutation.releasePlasmaDonor': [own(['PLASMA_REGISTRAR', 'SYSTEM'], ['REGISTRATION'], 'PLASMA')],
  'Mutation.requestPermit': [own(['DESK', 'COLLECTOR', 'PLASMA_REGISTRAR', 'SYSTEM'], ['DONATION'])],
  'Mutation.releasePermit': [own(['DESK', 'COLLECTOR', 'PLASMA_REGISTRAR', 'SYSTEM'], ['DONATION'])],
  'Mutation.resolveConflict': [own(['PHYSICIAN', 'LABORATORY_SUPERVISOR'], ['LOOKBACK'])],

  'Station.code': [
    ...stateOfService,
    ...heldForOthers,
    ...countsForFigures,
    member(['NODE'], ['REPLICATION']),
    member(['PHYSICIAN'], ['CARE']),
    member(['AUDITOR', 'NODE'], ['AUDIT']),
  ],
  'Station.version': stateOfService,
  'Station.ready': stateOfService,
  'Station.replication': stateOfService,
  'Station.donor': heldForOthers,
  'Station.donors': heldForOthers,
  'Station.markers': [member(['PHYSICIAN'], ['CARE'])],
  'Station.eventsSince': [member(['NODE'], ['REPLICATION'])],
  'Station.witnessedHeads': [member(['AUDITOR', 'NODE'], ['AUDIT'])],
  'Station.counts': countsForFigures,

  'POST /import/:kind': [own(['SYSTEM'], ['RECORDING'])],
};

const operated = [own(['OPERATOR', 'AUDITOR'], ['OPERATION'])];
/** A member that has a question put to the others; which of them is answered, the stations decide by their own table. */
const exchange = [
  ...heldForOthers,
  member(['NODE'], ['REPLICATION']),
  member(['PHYSICIAN'], ['CARE']),
  member(['AUDITOR', 'NODE'], ['AUDIT']),
];

/** What a gateway answers. It can be asked nothing about a person but by a member that signs for it. */
export const gatewayDisclosure: DisclosureTable = {
  'Query.exchange': exchange,
  'Query.measures': regulators,
  'Query.aggregate': regulators,
  'Query.station': operated,
  'Query.stations': operated,
  'Station.code': operated,
  'Station.kind': operated,
  'Station.province': operated,
  'Station.nameZh': operated,
  'Station.nameEn': operated,
  'Station.endpoint': operated,
  'Station.status': operated,
  'Station.version': operated,
  'Station.ready': operated,
  'Station.replication': operated,
  // Asked through `exchange` only, where the asking station's own signature goes with the question.
  'Station.donor': [],
  'Station.donors': [],
  'Station.markers': [],
  'Station.eventsSince': [],
  'Station.witnessedHeads': [],
  // Asked by the gateway itself, which shows figures only.
  'Station.counts': [],
};

/** Whether a caller may ask for what a line is about, at a station of this kind; at a gateway the kind is null. */
export function isAllowed(
  table: DisclosureTable,
  coordinate: string,
  caller: Caller,
  kind: StationKind | null,
): boolean {
  const { from, role, purpose } = caller;
  if (purpose === null || (purpose === 'CARE' && caller.case === null)) return false;
  const lines = Object.hasOwn(table, coordinate) ? (table[coordinate] ?? []) : [];
  return lines.some(
    (line) =>
      line.from === from &&
      line.roles.includes(role) &&
      line.purposes.includes(purpose) &&
      (line.kind === undefined || line.kind === kind),
  );
}
