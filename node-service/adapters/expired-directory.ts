/**
 * Past the hard expiry of the directory nobody can be believed: whoever was suspended or lost a key since is not known here. So
 * every other member is missing from the answers, copied or live, until a newer directory comes; `own-standing.ts` says the
 * same of the station itself.
 */
import type { Directory } from '#schema/directory.ts';
import type { StationCoverage } from '#schema/coverage.ts';

import type { ClockPort, DirectoryPort, FederationAnswer, FederationPort, FreshnessPort } from '../ports.ts';

export interface Dependencies {
  readonly directory: DirectoryPort;
  readonly clock: ClockPort;
}

/** Whether the directory of the moment is past its hard expiry. Asked by every check, so the end is parsed once. */
export function createExpiry({ directory, clock }: Dependencies): () => boolean {
  let known: Directory | undefined;
  let end = Infinity;
  return () => {
    const current = directory.current();
    if (current !== known) {
      known = current;
      end = Date.parse(current.hardUntil);
    }
    return clock.now().getTime() >= end;
  };
}

const missing = ({ station, asOf }: Pick<StationCoverage, 'station' | 'asOf'>): StationCoverage => ({
  station,
  state: 'MISSING',
  asOf,
  fault: 'DIRECTORY_EXPIRED',
});

export function createExpiringFreshness(freshness: FreshnessPort, dependencies: Dependencies): FreshnessPort {
  const isExpired = createExpiry(dependencies);
  let last: { readonly of: readonly StationCoverage[]; readonly stations: readonly StationCoverage[] } | undefined;
  return {
    current() {
      const stations = freshness.current();
      if (!isExpired()) return stations;
      if (last?.of !== stations) last = { of: stations, stations: stations.map(missing) };
      return last.stations;
    },
  };
}

export function createExpiringFederation(federation: FederationPort, dependencies: Dependencies): FederationPort {
  const isExpired = createExpiry(dependencies);
  const nobody = (stations: Parameters<FederationPort['heldElsewhere']>[2]): FederationAnswer => ({
    facts: { donations: [], bars: [], registrations: [] },
    coverage: stations.map((station) => missing({ station, asOf: null })),
  });
  return {
    heldElsewhere: async (asker, token, stations) =>
      isExpired() ? nobody(stations) : federation.heldElsewhere(asker, token, stations),
    heldElsewhereOf: async (asker, tokens, stations) =>
      isExpired() ? tokens.map(() => nobody(stations)) : federation.heldElsewhereOf(asker, tokens, stations),
  };
}
