/** The door at which a document becomes a token: behind it nobody sees an identity number again. */
import { civilDateOf } from '#schema/calendar.ts';
import { findNormalDocument } from '#schema/documents.ts';
import type { Document } from '#schema/documents.ts';
import { Refused } from '#schema/errors.ts';
import type { DonorToken } from '#schema/ids.ts';

import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { DocumentTypeType } from './enums.ts';

const DocumentInput = builder.inputType('DocumentInput', {
  description: 'An identity document as it was scanned or typed. It is forgotten once its token is made.',
  fields: (t) => ({
    type: t.field({ type: DocumentTypeType, description: 'Which document.' }),
    number: t.string({ description: 'Its number. Blanks around it do not matter; nothing else is repaired.' }),
  }),
});

export const DonorRefInput = builder.inputType('DonorRef', {
  description: "A donor: a document, at one's own station only, or a token.",
  isOneOf: true,
  fields: (t) => ({
    document: t.field({ type: DocumentInput, required: false, description: 'The document in front of you.' }),
    token: t.field({ type: 'DonorToken', required: false, description: 'A token made earlier.' }),
  }),
});

/** The input above; `isOneOf` sees to it that exactly one is there. */
export interface DonorRef {
  readonly document?: Document | null | undefined;
  readonly token?: DonorToken | null | undefined;
}

type Door = Pick<Context, 'tokens' | 'clock'>;

/** One token or refusal a reference, in order; all documents become tokens in one call. */
export async function donorTokensOf(
  refs: readonly DonorRef[],
  { tokens, clock }: Door,
): Promise<(DonorToken | Refused)[]> {
  const today = civilDateOf(clock.now());
  const documents = refs.map(({ document }) => (document ? findNormalDocument(document, today) : undefined));
  const made = await tokens.tokensOf(documents.filter((document) => document !== undefined));
  let next = 0;
  return refs.map(({ token }, place) => {
    if (token) return token;
    const fresh = documents[place] === undefined ? undefined : made[next++];
    return fresh ?? new Refused('BAD_DOCUMENT');
  });
}

/** The token of one reference. Throws `BAD_DOCUMENT`. */
export async function donorTokenOf(ref: DonorRef, door: Door): Promise<DonorToken> {
  if (ref.token) return ref.token;
  const [token] = await donorTokensOf([ref], door);
  if (token === undefined || token instanceof Refused) throw token ?? new Refused('BAD_DOCUMENT');
  return token;
}
