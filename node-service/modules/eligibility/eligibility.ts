/** May this donor give this here? What is known of the donor, decided by the pure core. */
import { civilDateOf } from '#schema/calendar.ts';
import type { Asker } from '#schema/caller.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Counted } from '#schema/count-families.ts';
import type { Decision, KnownFacts } from '#schema/decision.ts';
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { largestBatch } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';
import { offers, Procedure } from '#schema/procedures.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { countedAs } from '../../domain/check-class.ts';
import { decide, schedule } from '../../domain/eligibility.ts';
import type {
  ClockPort,
  FederationPort,
  FreshnessPort,
  KnowledgePort,
  LogTimePort,
  OwnStandingPort,
} from '../../ports.ts';
import { createKnowing } from './known.ts';

interface Dependencies {
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly ruleSet: RuleSet;
  readonly standing: OwnStandingPort;
  readonly freshness: FreshnessPort;
  readonly knowledge: KnowledgePort;
  readonly federation: FederationPort;
  readonly logTime: Pick<LogTimePort, 'earliest'>;
  readonly clock: ClockPort;
}

/** What a donor may give from which day: a decision for every procedure a station offers. */
export interface Schedule {
  readonly on: CivilDate;
  readonly decisions: readonly Decision[];
}

/** A decision, and what the check counts as in the figures. */
export interface Checked extends Decision {
  readonly counted: readonly Counted[];
}

/** Each is asked by somebody, on whose behalf other members are asked. */
export interface Eligibility {
  check(asker: Asker, token: DonorToken, procedure: Procedure, on: CivilDate | null): Promise<Checked>;
  /** Decisions in the order of the tokens: at most two questions in all, one to the database and one to the gateway. */
  checkMany(
    asker: Asker,
    tokens: readonly DonorToken[],
    procedure: Procedure,
    on: CivilDate | null,
  ): Promise<Checked[]>;
  /** The decision for each procedure this station offers. */
  schedule(asker: Asker, token: DonorToken, on: CivilDate | null): Promise<Schedule>;
  /** What a decision about this donor would rest on now. */
  knownOf(asker: Asker, token: DonorToken): Promise<KnownFacts>;
}

export function createEligibility({ station, ruleSet, clock, ...ports }: Dependencies): Eligibility {
  const offered = Procedure.options.filter((procedure) => offers(station.kind, procedure));
  const knowing = createKnowing({ ...ports, clock, station: station.code });

  /** A permit that is in force now says nothing about another day. */
  const asOfDay = (facts: KnownFacts, day: CivilDate, today: CivilDate): KnownFacts =>
    facts.permitElsewhere && day !== today ? { ...facts, permitElsewhere: false } : facts;

  function checked(facts: KnownFacts, procedure: Procedure, day: CivilDate): Checked {
    const decision = decide(facts, ruleSet, procedure, day);
    return { ...decision, counted: countedAs(facts, ruleSet, decision) };
  }

  function refuseUnlessOffered(procedure: Procedure): void {
    if (!offers(station.kind, procedure)) throw new Refused('PROCEDURE_NOT_OFFERED');
  }

  return {
    async check(asker, token, procedure, on) {
      refuseUnlessOffered(procedure);
      const today = civilDateOf(clock.now());
      const day = on ?? today;
      return checked(asOfDay(await knowing.knownOf(asker, token), day, today), procedure, day);
    },

    async checkMany(asker, tokens, procedure, on) {
      refuseUnlessOffered(procedure);
      if (tokens.length > largestBatch) throw new Refused('BATCH_TOO_LARGE', `A batch holds ${largestBatch} donors.`);
      const today = civilDateOf(clock.now());
      const day = on ?? today;
      const known = await knowing.knownOfMany(asker, tokens);
      return known.map((facts) => checked(asOfDay(facts, day, today), procedure, day));
    },

    async schedule(asker, token, on) {
      const today = civilDateOf(clock.now());
      const day = on ?? today;
      const known = await knowing.knownOf(asker, token);
      return { on: day, decisions: schedule(asOfDay(known, day, today), ruleSet, offered, day) };
    },

    knownOf: (asker, token) => knowing.knownOf(asker, token),
  };
}
