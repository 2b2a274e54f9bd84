/**
 * All that can be known of a donor when a question is asked: own records, the own copy of the donor log, and a live answer of
 * exactly those stations whose part of the copy will not do.
 */
import type { Asker } from '#schema/caller.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import type { KnownFacts } from '#schema/decision.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';

import { isHeldElsewhere } from '../../domain/permit.ts';
import { replicatedFacts } from '../../domain/replicated.ts';
import type {
  ClockPort,
  DonorKnowledge,
  FederationAnswer,
  FederationPort,
  FreshnessPort,
  KnowledgePort,
  LogTimePort,
  OwnStandingPort,
} from '../../ports.ts';
import { codeOf, knownFrom } from './merge.ts';
import type { Local, Moment } from './merge.ts';

interface Dependencies {
  readonly station: StationCode;
  readonly standing: OwnStandingPort;
  readonly freshness: FreshnessPort;
  readonly knowledge: KnowledgePort;
  readonly federation: FederationPort;
  readonly logTime: Pick<LogTimePort, 'earliest'>;
  readonly clock: ClockPort;
}

/** What is known as of now, the others asked on behalf of somebody; whether a permit elsewhere counts is for who asks about a day. */
export interface Knowing {
  knownOf(asker: Asker, token: DonorToken): Promise<KnownFacts>;
  /** In the order of the tokens: at most two questions in all, one to the database and one to the gateway. */
  knownOfMany(asker: Asker, tokens: readonly DonorToken[]): Promise<KnownFacts[]>;
}

const nobody: FederationAnswer = { facts: { donations: [], bars: [], registrations: [] }, coverage: [] };

export function createKnowing(dependencies: Dependencies): Knowing {
  const { station, standing, freshness, knowledge, federation, logTime, clock } = dependencies;

  // The snapshot of the freshness is one value for many checks, and so is what is made of it within a millisecond: seven hundred
  // members must not cost each check seven hundred steps.
  let last: Moment | undefined;

  function momentNow(): Moment {
    const [stations, now, fault] = [freshness.current(), clock.now().getTime(), standing.fault()];
    if (last?.stations === stations && last.now === now && last.own.fault === fault) return last;
    const asOf = last?.now === now ? last.own.asOf : new Date(now).toISOString();
    const behind =
      last?.stations === stations ? last.behind : stations.filter(({ state }) => state === 'MISSING').map(codeOf);
    const own: StationCoverage = { station, state: fault === null ? 'OWN' : 'MISSING', asOf, fault };
    const coverage = { complete: fault === null && behind.length === 0, stations: [own, ...stations] };
    last = { now, own, stations, behind, coverage };
    return last;
  }

  function localOf({ own, history }: DonorKnowledge, moment: Moment): Local {
    const told = replicatedFacts(history);
    const permitElsewhere = isHeldElsewhere(history, station, logTime.earliest());
    if (told.unknownFrom.length === 0) return { station, own, told, permitElsewhere, asking: moment.behind };
    const members = new Set(moment.stations.map(codeOf));
    const unknown = told.unknownFrom.filter((code) => members.has(code));
    return { station, own, told, permitElsewhere, asking: [...new Set([...moment.behind, ...unknown])] };
  }

  return {
    async knownOf(asker, token) {
      const moment = momentNow();
      const local = localOf(await knowledge.knowledgeOf(token), moment);
      // Asked after the copy was read, so that an answer never knows less of a station than the copy it replaces.
      const answer = local.asking.length === 0 ? nobody : await federation.heldElsewhere(asker, token, local.asking);
      return knownFrom(local, answer, moment);
    },

    async knownOfMany(asker, tokens) {
      const moment = momentNow();
      const locals = (await knowledge.knowledgeOfMany(tokens)).map((each) => localOf(each, moment));
      if (locals.length !== tokens.length) throw new RangeError('a port left out a donor');
      const asking = locals.flatMap((local, place) => (local.asking.length === 0 ? [] : [{ local, place }]));
      const tokensToAsk = asking.flatMap(({ place }) => tokens[place] ?? []);
      const stations = [...new Set(asking.flatMap(({ local }) => local.asking))];
      const answers = asking.length === 0 ? [] : await federation.heldElsewhereOf(asker, tokensToAsk, stations);
      const answerTo = new Map(asking.map(({ local }, index) => [local, answers[index]]));
      return locals.map((local) => knownFrom(local, answerTo.get(local) ?? nobody, moment));
    },
  };
}
