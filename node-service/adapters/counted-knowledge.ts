/** What a station knows of a donor, without what was said under suspension. */
import { countedOf } from '../domain/suspension.ts';
import type { IsSuspended } from '../domain/suspension.ts';
import type { DonorKnowledge, KnowledgePort } from '../ports.ts';

export function createCountedKnowledge(
  knowledge: KnowledgePort,
  suspendedNow: () => IsSuspended | null,
): KnowledgePort {
  const counted = (known: DonorKnowledge, isSuspended: IsSuspended): DonorKnowledge => {
    const history = countedOf(known.history, isSuspended);
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
