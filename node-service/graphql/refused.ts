/** Refusals as results: what a rule denies is answered, not thrown at the client. */
import { refusals } from '#schema/codes.ts';
import type { RefusalCode } from '#schema/codes.ts';
import { Refused } from '#schema/errors.ts';

import { builder } from './builder.ts';
import { RefusalCodeType } from './enums.ts';

/** A refusal as a value; GraphQL takes a returned error for a failure. */
export interface Refusal {
  readonly refused: RefusalCode;
  readonly message: string;
}

export const RefusedType = builder.objectRef<Refusal>('Refused').implement({
  description: 'The request was understood and a rule says no. Nothing has changed.',
  fields: (t) => ({
    code: t.expose('refused', { type: RefusalCodeType, description: 'Why.' }),
    message: t.exposeString('message', { description: 'What happened and what to do, in English.' }),
    messageZh: t.string({ description: 'The same in Chinese.', resolve: ({ refused }) => refusals[refused].zh }),
  }),
});

/** Whether an answer is a refusal. */
export function isRefusal(answer: object): answer is Refusal {
  return 'refused' in answer;
}

export function refusalOf({ code, message }: Refused): Refusal {
  return { refused: code, message };
}

/** An answer, or the refusal it was stopped by; anything else that was thrown goes on. */
export async function orRefusal<T extends object>(answer: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Refused) return refusalOf(error);
    throw error;
  }
}
