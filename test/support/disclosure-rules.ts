/**
 * Who may ask what, said a second time and the other way round: by role, in the words of a blood service. Tests hold the table of
 * `schema/disclosure.ts` against it.
 */
import type { Caller, Purpose, Role } from '#schema/caller.ts';
import type { StationKind } from '#schema/procedures.ts';

type Rules = { readonly [R in Role]?: { readonly [P in Purpose]?: string } };

const checks = 'Query.eligibility Query.schedule';
const batches = `${checks} Query.eligibilityBatch Query.permits Mutation.requestPermit Mutation.releasePermit`;
const records = 'Mutation.recordDonation Mutation.correctDonation Query.donations';
const conflicts = 'Query.conflict Query.conflicts Query.donations';
const homes = 'Mutation.registerPlasmaDonor Mutation.releasePlasmaDonor';
const itself = 'Query.self Query._stations Station.code Station.version Station.ready Station.replication';
const shared = 'Query.self Station.code Station.donor Station.donors';

/** The station's own people and systems. */
const own: Rules = {
  DESK: { DONATION: batches },
  COLLECTOR: { DONATION: batches, RECORDING: records },
  LABORATORY: { LOOKOUT: 'Query.lookouts Mutation.reportLookout', RELEASE: 'Query.releaseCheck' },
  LABORATORY_SUPERVISOR: {
    LOOKOUT: 'Query.lookouts Mutation.reportLookout Mutation.clearLookout',
    RELEASE: 'Query.releaseCheck',
    LOOKBACK: `${conflicts} Mutation.resolveConflict`,
  },
  PHYSICIAN: {
    DONATION: checks,
    CARE: 'Query.marker Query.holding',
    LOOKBACK: `${conflicts} Mutation.resolveConflict`,
  },
  PLASMA_REGISTRAR: { DONATION: batches, REGISTRATION: homes },
  AUDITOR: { AUDIT: 'Query.auditEntries', LOOKBACK: conflicts, OPERATION: itself },
  OPERATOR: { OPERATION: itself },
  SYSTEM: {
    DONATION: batches,
    RECORDING: `${records} Query.holding POST /import/:kind`,
    RELEASE: 'Query.releaseCheck',
    LOOKOUT: 'Mutation.reportLookout',
    REGISTRATION: homes,
  },
};

/** Other stations, for people of theirs. */
const member: Rules = {
  DESK: { DONATION: shared },
  COLLECTOR: { DONATION: shared },
  PLASMA_REGISTRAR: { DONATION: shared },
  PHYSICIAN: { DONATION: shared, CARE: 'Query.self Station.code Station.markers' },
  SYSTEM: { DONATION: shared, RELEASE: shared },
  LABORATORY: { RELEASE: shared },
  LABORATORY_SUPERVISOR: { RELEASE: shared },
  AUDITOR: { AUDIT: 'Query.self Station.code Station.witnessedHeads' },
  NODE: {
    REPLICATION: 'Query.self Station.code Station.eventsSince',
    AUDIT: 'Query.self Station.code Station.witnessedHeads',
  },
};

/** A gateway, which learns of no donor. */
const gateway: Rules = {
  OPERATOR: { OPERATION: itself },
  AUDITOR: { OPERATION: itself },
  NODE: { OPERATION: itself, STATISTICS: 'Query.self Station.code Station.counts' },
};

/** A station tells a regulator nothing. */
const regulator: Rules = {};

const rules = { OWN: own, MEMBER: member, GATEWAY: gateway, REGULATOR: regulator };

/** Whether a caller may ask a station of a kind for this. */
export function mayAskAtStation(coordinate: string, caller: Caller, kind: StationKind): boolean {
  const { from, role, purpose } = caller;
  if (purpose === null || (purpose === 'CARE' && caller.case === null)) return false;
  if (homes.includes(coordinate) && kind !== 'PLASMA') return false;
  const allowed = rules[from][role]?.[purpose] ?? '';
  return coordinate.startsWith('POST') ? allowed.endsWith(coordinate) : allowed.split(' ').includes(coordinate);
}
