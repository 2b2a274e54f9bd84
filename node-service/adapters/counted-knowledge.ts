/** What a station knows of a donor, without what was said under suspension. */
import { countedOf } from '../domain/suspension.ts';
import type { IsSuspended } from '../domain/suspension.ts';
import type { DonorKnowledge, KnowledgePort } from '../ports.ts';

export function createCountedKnowledge(
  knowledge: KnowledgePort,
  suspendedNow: () => IsSuspended | null,
): KnowledgePort {
  const counted = (known: DonorKnowledge): DonorKnowledge => {
    const history = countedOf(known.history, suspendedNow());
    return history === known.history ? known : { ...known, history };
  };
  return {
    knowledgeOf: async (token) => counted(await knowledge.knowledgeOf(token)),
    knowledgeOfMany: async (tokens) => (await knowledge.knowledgeOfMany(tokens)).map(counted),
  };
}
