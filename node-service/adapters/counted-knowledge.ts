/** What a station knows of a donor, without what was said under suspension: by others, and by itself. */
import type { DonorHolding } from '#schema/facts.ts';
import type { StationCode } from '#schema/ids.ts';

import { countedForItself, countedHolding, countedOf, wasSuspended } from '../domain/suspension.ts';
import type { IsSuspended } from '../domain/suspension.ts';
import type { DirectoryPort, DonorKnowledge, HoldingPort, KnowledgePort } from '../ports.ts';

export interface CountingOptions {
  readonly station: StationCode;
  readonly directory: DirectoryPort;
  readonly suspendedNow: () => IsSuspended | null;
}

export function createCountedKnowledge(
  knowledge: KnowledgePort,
  { station, directory, suspendedNow }: CountingOptions,
): KnowledgePort {
  const counted = (known: DonorKnowledge, isSuspended: IsSuspended): DonorKnowledge => {
    const history = countedOf(known.history, isSuspended);
    if (wasSuspended(directory.current().members, station)) {
      return { own: countedForItself(known.own, history, station), history };
    }
    return history === known.history ? known : { ...known, history };
  };
  // Not a turn of the event loop is spent where nobody was ever suspended.
  return {
    knowledgeOf: (token) => {
      const [known, isSuspended] = [knowledge.knowledgeOf(token), suspendedNow()];
      return isSuspended === null ? known : known.then((one) => counted(one, isSuspended));
    },
    knowledgeOfMany: (tokens) => {
      const [known, isSuspended] = [knowledge.knowledgeOfMany(tokens), suspendedNow()];
      return isSuspended === null ? known : known.then((all) => all.map((one) => counted(one, isSuspended)));
    },
  };
}

/** What this station holds, as it counts for others. @param knowledge what it knows, nothing left out yet. */
export function createCountedHoldings(
  holdings: HoldingPort,
  knowledge: KnowledgePort,
  { station, directory, suspendedNow }: CountingOptions,
): HoldingPort {
  const isPlain = (): boolean => !wasSuspended(directory.current().members, station);
  const counted = ({ own, history }: DonorKnowledge): DonorHolding =>
    countedHolding(own, countedOf(history, suspendedNow()), station);
  return {
    holdingOf: async (token) => (isPlain() ? holdings.holdingOf(token) : counted(await knowledge.knowledgeOf(token))),
    holdingsOf: async (tokens) =>
      isPlain() ? holdings.holdingsOf(tokens) : (await knowledge.knowledgeOfMany(tokens)).map(counted),
  };
}
