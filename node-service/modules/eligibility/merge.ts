/** One picture of a donor: own records, the copy of the donor log, and the live answers that replace parts of it. Pure. */
import { coverageOf } from '#schema/coverage.ts';
import type { Coverage, StationCoverage } from '#schema/coverage.ts';
import type { KnownFacts } from '#schema/decision.ts';
import type { DonorFacts, DonorHolding } from '#schema/facts.ts';
import type { StationCode } from '#schema/ids.ts';

import type { ReplicatedFacts } from '../../domain/replicated.ts';
import type { FederationAnswer } from '../../ports.ts';

/** One donor, before anybody was asked. */
export interface Local {
  /** The station whose picture it is. */
  readonly station: StationCode;
  readonly own: DonorHolding;
  readonly told: ReplicatedFacts;
  readonly permitElsewhere: boolean;
  /** The stations to be asked about this donor. */
  readonly asking: readonly StationCode[];
}

/** What everybody who asks at this moment shares. */
export interface Moment {
  /** `asOf` of the own part, in milliseconds. */
  readonly now: number;
  /** The own part. `asOf` is when the own records began to be read: a fact recorded later may not be among them. */
  readonly own: StationCoverage;
  /** The copies of the other members, as they are. */
  readonly stations: readonly StationCoverage[];
  /** Those of them that will not do. */
  readonly behind: readonly StationCode[];
  /** What an answer rests on for which nobody has to be asked: one value for all of them. */
  readonly coverage: Coverage;
}

export const codeOf = ({ station }: StationCoverage): StationCode => station;

/** Facts of two sources; those of the second are left out where the first speaks for their station. */
function joined(live: DonorFacts, told: DonorFacts, isLive: (station: StationCode) => boolean): DonorFacts {
  const stands = ({ station }: { readonly station: StationCode }): boolean => !isLive(station);
  return {
    donations: [...live.donations, ...told.donations.filter(stands)],
    bars: [...live.bars, ...told.bars.filter(stands)],
    registrations: [...live.registrations, ...told.registrations.filter(stands)],
  };
}

function coverageNow({ station, told, asking }: Local, heard: readonly StationCoverage[], moment: Moment): Coverage {
  if (asking.length === 0 && told.unknownFrom.length === 0) return moment.coverage;
  // Own events of a newer version that the own tables do not have, as after a restored backup: nobody can be asked for them.
  const own: StationCoverage =
    moment.own.state === 'OWN' && told.unknownFrom.includes(station)
      ? { ...moment.own, state: 'MISSING', fault: 'STATION_BEHIND' }
      : moment.own;
  const [asked, answers] = [new Set(asking), new Map(heard.map((each) => [each.station, each]))];
  const others = moment.stations.map((copy): StationCoverage => {
    const answer = asked.has(copy.station) ? answers.get(copy.station) : copy;
    if (answer?.state === 'LIVE' || answer === copy) return answer;
    return { station: copy.station, state: 'MISSING', asOf: copy.asOf, fault: answer?.fault ?? 'STATION_BEHIND' };
  });
  // Members of whom only the gateway's directory knows yet.
  const known = new Set(moment.stations.map(codeOf));
  return coverageOf([own, ...others, ...heard.filter((each) => !known.has(each.station))]);
}

/** @param answer what the stations that were asked say; of others in it nothing is used. */
export function knownFrom(local: Local, answer: FederationAnswer, moment: Moment): KnownFacts {
  const { station, own, told, permitElsewhere, asking } = local;
  const coverage = coverageNow(local, answer.coverage, moment);
  const ofOwn = <Fact extends object>(fact: Fact): Fact & { station: StationCode } => ({ ...fact, station });
  const live = new Set(
    asking.length === 0 ? [] : coverage.stations.filter(({ state }) => state === 'LIVE').map(codeOf),
  );
  const fromLive = <Fact extends { readonly station: StationCode }>(facts: readonly Fact[]): Fact[] =>
    facts.filter((fact) => live.has(fact.station));
  const { donations, bars, registrations } = answer.facts;
  const elsewhere = joined(
    { donations: fromLive(donations), bars: fromLive(bars), registrations: fromLive(registrations) },
    told.facts,
    (code) => live.has(code),
  );
  return {
    askedBy: station,
    donations: [...own.donations.map(ofOwn), ...elsewhere.donations],
    bars: [...own.bars.map(ofOwn), ...elsewhere.bars],
    registrations: [...own.registrations.map(ofOwn), ...elsewhere.registrations],
    coverage,
    permitElsewhere,
  };
}
