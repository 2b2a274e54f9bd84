/** Refusals as results: what a rule denies is answered, not thrown at the client. */
import { refusals } from '#schema/codes.ts';
import { Refused } from '#schema/errors.ts';

import { builder } from './builder.ts';
import { RefusalCodeType } from './enums.ts';

export const RefusedType = builder.objectType(Refused, {
  name: 'Refused',
  description: 'The request was understood and a rule says no. Nothing has changed.',
  fields: (t) => ({
    code: t.field({ type: RefusalCodeType, description: 'Why.', resolve: (refused) => refused.code }),
    message: t.exposeString('message', { description: 'What happened and what to do, in English.' }),
    messageZh: t.string({ description: 'The same in Chinese.', resolve: (refused) => refusals[refused.code].zh }),
  }),
});

/** The value of an answer, or the refusal it was stopped by; anything else that was thrown goes on. */
export async function orRefused<T>(answer: () => Promise<T>): Promise<T | Refused> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}
