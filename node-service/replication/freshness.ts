/**
 * Which members' parts of the own copy of the donor log are complete and recent enough to answer from. The answer is one
 * snapshot for all checks until something changes or the first of its promises expires.
 */
import type { StationCoverage } from '#schema/coverage.ts';
import type { Directory, Member } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';

import type { Watermarks } from '../domain/watermark.ts';
import type { DirectoryPort, FreshnessPort, LogTimePort } from '../ports.ts';

interface Dependencies {
  /** The own station, which is not among the answers. */
  readonly station: StationCode;
  readonly directory: DirectoryPort;
  readonly watermarks: Pick<Watermarks, 'watermarkOf' | 'revision'>;
  readonly logTime: Pick<LogTimePort, 'latest'>;
}

interface Snapshot {
  readonly directory: Directory;
  readonly revision: number;
  /** The log's time it was made at, null when that was not known; it holds from there up to, and without, `expiresAt`. */
  readonly madeAt: number | null;
  readonly expiresAt: number;
  readonly stations: readonly StationCoverage[];
}

export function createFreshness({ station, directory, watermarks, logTime }: Dependencies): FreshnessPort {
  // Most stations say nothing new between two snapshots: what was said of them is said again.
  const said = new Map<StationCode, { readonly watermark: number | null; readonly coverage: StationCoverage }>();
  let snapshot: Snapshot | undefined;

  function say(code: StationCode, watermark: number | null, isFresh: boolean): StationCoverage {
    const before = said.get(code);
    const state = isFresh ? 'REPLICATED' : 'MISSING';
    if (before?.watermark === watermark && before.coverage.state === state) return before.coverage;
    const asOf = watermark === null ? null : new Date(watermark).toISOString();
    const coverage: StationCoverage = { station: code, state, asOf, fault: isFresh ? null : 'STATION_BEHIND' };
    said.set(code, { watermark, coverage });
    return coverage;
  }

  function take(current: Directory, latest: number | null): Snapshot {
    const { freshMs } = current.policy;
    let expiresAt = Infinity;
    const coverageOfMember = ({ code, keys }: Member): StationCoverage => {
      const watermark = watermarks.watermarkOf(code);
      // Whoever has no key can say nothing in the log, so silence there proves nothing.
      const isFresh = latest !== null && watermark !== null && keys.length > 0 && latest < watermark + freshMs;
      if (isFresh) expiresAt = Math.min(expiresAt, watermark + freshMs);
      return say(code, watermark, isFresh);
    };
    const others = current.members.filter(({ code, status }) => status === 'ACTIVE' && code !== station);
    const stations = others.map(coverageOfMember);
    return { directory: current, revision: watermarks.revision(), madeAt: latest, expiresAt, stations };
  }

  /** The bound of the log's time may fall when it is known better: then a station may be fresh that was not. */
  function stillHolds(known: Snapshot, current: Directory, latest: number | null): boolean {
    if (known.directory !== current || known.revision !== watermarks.revision()) return false;
    if (latest === null || known.madeAt === null) return latest === known.madeAt;
    return known.madeAt <= latest && latest < known.expiresAt;
  }

  return {
    current() {
      const [now, latest] = [directory.current(), logTime.latest()];
      if (snapshot === undefined || !stillHolds(snapshot, now, latest)) snapshot = take(now, latest);
      return snapshot.stations;
    },
  };
}
