/** How a station stands in the donor log: what it has still to tell, and how complete its copy of the others is. */
import type { StationCoverage } from '#schema/coverage.ts';
import type { StationCode } from '#schema/ids.ts';

import type { Database } from '../../db/client.ts';
import type { DirectoryPort, FreshnessPort, LogTimePort, OutboxPort } from '../../ports.ts';

/** How complete the copy of one origin is. */
export interface OriginStanding extends Pick<StationCoverage, 'state' | 'asOf'> {
  readonly origin: StationCode;
  /** In how many partitions something of it is missing or in doubt. */
  readonly gaps: number;
}

/** How a station stands in the donor log. */
export interface ReplicationStanding {
  /** The log's time, at the latest; null while the log was not heard. */
  readonly logTime: Date | null;
  /** Whether everything told is in the log. */
  readonly isDrained: boolean;
  /** Records of the log still to be applied; null where another instance applies them. */
  readonly lag: number | null;
  /** Records that were not applied, kept with their reasons. */
  readonly quarantined: number;
  readonly conflictsOpen: number;
  /** Members whose copy is fresh, of all the others. */
  readonly fresh: number;
  readonly members: number;
  readonly origins: readonly OriginStanding[];
}

export interface ReplicationDependencies {
  readonly prisma: Database['prisma'];
  readonly freshness: FreshnessPort;
  readonly logTime: Pick<LogTimePort, 'latest'>;
  readonly outbox: Pick<OutboxPort, 'state'>;
  readonly directory: DirectoryPort;
  /** How far this instance has applied the log; null where another one does. */
  readonly catchUp: () => { readonly left: number } | null;
}

export interface Replication {
  standing(): Promise<ReplicationStanding>;
}

/** The partitions in which something of an origin is missing or in doubt, counted. */
async function gapsByOrigin(prisma: Database['prisma']): Promise<ReadonlyMap<string, number>> {
  const rows = await prisma.originProgress.groupBy({
    by: ['origin'],
    where: { OR: [{ highest: { gt: prisma.originProgress.fields.upTo } }, { forkedAt: { not: null } }] },
    _count: true,
  });
  return new Map(rows.map(({ origin, _count }) => [origin, _count]));
}

export function createReplication(dependencies: ReplicationDependencies): Replication {
  const { prisma, freshness, logTime, outbox, directory, catchUp } = dependencies;
  return {
    async standing() {
      const latest = logTime.latest();
      const stations = freshness.current();
      const [state, gaps, quarantined, conflictsOpen] = await Promise.all([
        outbox.state(directory.current().policy.logPartitions),
        gapsByOrigin(prisma),
        prisma.quarantine.count(),
        prisma.conflict.count({ where: { state: 'OPEN' } }),
      ]);
      return {
        logTime: latest === null ? null : new Date(latest),
        isDrained: state.isDrained,
        lag: catchUp()?.left ?? null,
        quarantined,
        conflictsOpen,
        fresh: stations.filter((each) => each.state === 'REPLICATED').length,
        members: stations.length,
        origins: stations.map((each) => ({
          origin: each.station,
          state: each.state,
          asOf: each.asOf,
          gaps: gaps.get(each.station) ?? 0,
        })),
      };
    },
  };
}
