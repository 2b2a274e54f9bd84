/** May this donor give this here? Own records and what the others hold, decided by the pure core. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { Decision, KnownFacts } from '#schema/decision.ts';
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { largestBatch } from '#schema/facts.ts';
import type { DonorHolding } from '#schema/facts.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';
import { offers, Procedure } from '#schema/procedures.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { decide, schedule } from '../../domain/eligibility.ts';
import type { ClockPort, FederationAnswer, FederationPort, HoldingPort } from '../../ports.ts';

interface Dependencies {
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly ruleSet: RuleSet;
  readonly holdings: HoldingPort;
  readonly federation: FederationPort;
  readonly clock: ClockPort;
  /** The other active members. */
  readonly others: () => readonly StationCode[];
}

/** What a donor may give from which day: a decision for every procedure a station offers. */
export interface Schedule {
  readonly on: CivilDate;
  readonly decisions: readonly Decision[];
}

export interface Eligibility {
  check(token: DonorToken, procedure: Procedure, on: CivilDate | null): Promise<Decision>;
  /** Decisions in the order of the tokens: two questions in all, one to the database and one to the gateway. */
  checkMany(tokens: readonly DonorToken[], procedure: Procedure, on: CivilDate | null): Promise<Decision[]>;
  /** The decision for each procedure this station offers. */
  schedule(token: DonorToken, on: CivilDate | null): Promise<Schedule>;
}

export function createEligibility({
  station,
  ruleSet,
  holdings,
  federation,
  clock,
  others,
}: Dependencies): Eligibility {
  const offered = Procedure.options.filter((procedure) => offers(station.kind, procedure));

  const dayOf = (on: CivilDate | null, now: Date): CivilDate => on ?? civilDateOf(now);

  function refuseUnlessOffered(procedure: Procedure): void {
    if (!offers(station.kind, procedure)) throw new Refused('PROCEDURE_NOT_OFFERED');
  }

  /** @param asOf when the own records began to be read: a fact recorded later may not be among them. */
  function knownFacts(own: DonorHolding, elsewhere: FederationAnswer, asOf: Date): KnownFacts {
    const { code } = station;
    return {
      askedBy: code,
      permitElsewhere: false,
      donations: [...own.donations.map((fact) => ({ ...fact, station: code })), ...elsewhere.facts.donations],
      bars: [...own.bars.map((fact) => ({ ...fact, station: code })), ...elsewhere.facts.bars],
      registrations: [
        ...own.registrations.map((fact) => ({ ...fact, station: code })),
        ...elsewhere.facts.registrations,
      ],
      coverage: coverageOf([
        { station: code, state: 'OWN', asOf: asOf.toISOString(), fault: null },
        ...elsewhere.coverage,
      ]),
    };
  }

  async function knownOf(token: DonorToken, now: Date): Promise<KnownFacts> {
    const [own, elsewhere] = await Promise.all([holdings.holdingOf(token), federation.heldElsewhere(token, others())]);
    return knownFacts(own, elsewhere, now);
  }

  return {
    async check(token, procedure, on) {
      refuseUnlessOffered(procedure);
      const now = clock.now();
      return decide(await knownOf(token, now), ruleSet, procedure, dayOf(on, now));
    },

    async checkMany(tokens, procedure, on) {
      refuseUnlessOffered(procedure);
      if (tokens.length > largestBatch) throw new Refused('BATCH_TOO_LARGE', `A batch holds ${largestBatch} donors.`);
      const now = clock.now();
      const [own, elsewhere] = await Promise.all([
        holdings.holdingsOf(tokens),
        federation.heldElsewhereOf(tokens, others()),
      ]);
      const day = dayOf(on, now);
      return tokens.map((_, place) => {
        const [held, heldElsewhere] = [own[place], elsewhere[place]];
        if (held === undefined || heldElsewhere === undefined) throw new RangeError('a port left out a donor');
        return decide(knownFacts(held, heldElsewhere, now), ruleSet, procedure, day);
      });
    },

    async schedule(token, on) {
      const now = clock.now();
      const day = dayOf(on, now);
      return { on: day, decisions: schedule(await knownOf(token, now), ruleSet, offered, day) };
    },
  };
}
