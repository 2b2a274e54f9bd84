/** Figures for regulators: from a question to what may be shown. */
import type { Caller } from '#schema/caller.ts';
import type { Directory } from '#schema/directory.ts';

import { refuse } from './answers.ts';
import type { AggregateAnswer } from './answers.ts';

/** A question as it came, and who asks it. */
export interface Asked {
  readonly input: unknown;
  readonly caller: Caller;
  readonly directory: Directory;
  readonly requestId: string;
}

export interface Aggregates {
  answer(asked: Asked): Promise<AggregateAnswer>;
}

/** A gateway that has not the right to gather counts. */
export const noAggregates: Aggregates = { answer: () => Promise.resolve(refuse('AGGREGATE_ELSEWHERE')) };
