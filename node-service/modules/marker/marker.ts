/**
 * What stands behind a donor's bars, for a physician with a case: own lookouts, and those of others live from their owners. Only
 * those are asked who have told of a bar, or of whom it is not known whether they have.
 */
import { civilDateOf } from '#schema/calendar.ts';
import type { Asker } from '#schema/caller.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { Coverage, StationCoverage } from '#schema/coverage.ts';
import { Refused } from '#schema/errors.ts';
import type { SealingKey } from '#schema/exchange.ts';
import { largestBatch } from '#schema/facts.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';
import type { HeldMarker, SealedMarkers } from '#schema/markers.ts';

import { bytesOf, civilDateOfColumn, tokenOf } from '../../db/columns.ts';
import type { Database } from '../../db/client.ts';
import { replicatedFacts } from '../../domain/replicated.ts';
import type { ClockPort, FreshnessPort, KnowledgePort, MarkerPort, OwnStandingPort } from '../../ports.ts';

/** A lookout in force, and the station to ask about it. */
export interface DonorMarker extends HeldMarker {
  readonly station: StationCode;
}

export interface DonorMarkers {
  readonly markers: readonly DonorMarker[];
  readonly coverage: Coverage;
}

export interface Markers {
  /** Everything that is in force of a donor anywhere, as far as it can be heard. */
  behind(asker: Asker, token: DonorToken): Promise<DonorMarkers>;
  /** This station's own for donors, in order, sealed for who asks. Refuses `BAD_INPUT` without a key, `BATCH_TOO_LARGE`. */
  sealedFor(key: SealingKey | undefined, tokens: readonly DonorToken[]): Promise<string>;
}

interface Dependencies {
  readonly station: StationCode;
  readonly standing: OwnStandingPort;
  readonly prisma: Database['prisma'];
  readonly knowledge: KnowledgePort;
  readonly freshness: FreshnessPort;
  readonly markersElsewhere: MarkerPort;
  readonly clock: ClockPort;
  /** Seals a text so that only who has the key's private part can read it. */
  readonly seal: (key: SealingKey, text: string) => Promise<string>;
}

export function createMarkers(dependencies: Dependencies): Markers {
  const { station, standing, prisma, knowledge, freshness, markersElsewhere, clock, seal } = dependencies;

  async function ownOf(tokens: readonly DonorToken[]): Promise<SealedMarkers> {
    const today = civilDateOf(clock.now());
    const lookouts = await prisma.lookout.findMany({
      where: { token: { in: tokens.map(bytesOf) } },
      orderBy: { confirmedOn: 'desc' },
    });
    const inForce = lookouts.filter(({ clearedOn }) => clearedOn === null || civilDateOfColumn(clearedOn) > today);
    const byDonor = Map.groupBy(inForce, ({ token }) => tokenOf(token));
    return tokens.map((token) =>
      (byDonor.get(token) ?? []).map(({ marker, confirmedOn }) => ({
        marker,
        confirmedOn: civilDateOfColumn(confirmedOn),
      })),
    );
  }

  return {
    async behind(asker, token) {
      // Asked before the copy is read, so that it never promises too much.
      const members = freshness.current();
      const { history } = await knowledge.knowledgeOf(token);
      const { facts, unknownFrom } = replicatedFacts(history);
      const owners = new Set<StationCode>([...facts.bars.map((bar) => bar.station), ...unknownFrom]);
      const asked = members.filter(
        (each) => each.fault !== 'DIRECTORY_EXPIRED' && (each.state === 'MISSING' || owners.has(each.station)),
      );
      const heard = await markersElsewhere.heldElsewhere(
        asker,
        token,
        asked.map((each) => each.station),
      );
      const coverageOfAsked = new Map(heard.map(({ coverage }) => [coverage.station, coverage]));
      const [asOf, fault] = [clock.now().toISOString(), standing.fault()];
      const own: StationCoverage = { station, state: fault === null ? 'OWN' : 'MISSING', asOf, fault };
      const [ownMarkers = []] = await ownOf([token]);
      return {
        markers: [
          ...ownMarkers.map((marker) => ({ ...marker, station })),
          ...heard.flatMap(({ markers, coverage }) =>
            markers.map((marker) => ({ ...marker, station: coverage.station })),
          ),
        ],
        coverage: coverageOf([own, ...members.map((each) => coverageOfAsked.get(each.station) ?? each)]),
      };
    },

    async sealedFor(key, tokens) {
      if (key === undefined) throw new Refused('BAD_INPUT', 'a request for markers names the key they are sealed for');
      if (tokens.length > largestBatch) throw new Refused('BATCH_TOO_LARGE');
      return seal(key, JSON.stringify(await ownOf(tokens)));
    },
  };
}
