/** The door at which a document becomes a token: behind it nobody sees an identity number again. */
import { civilDateOf } from '#schema/calendar.ts';
import { findNormalDocument } from '#schema/documents.ts';
import type { Document } from '#schema/documents.ts';
import { Refused } from '#schema/errors.ts';
import type { DonorToken } from '#schema/ids.ts';

import { builder } from './builder.ts';
import type { Entry } from '../audit-port.ts';
import { tokenOf } from '../db/columns.ts';
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
/** What is asked about somebody says so in the record. */
type About = Pick<Entry, 'about'>;

/** One token or refusal a reference, in order; all documents become tokens in one call. */
export async function donorTokensOf(
  refs: readonly DonorRef[],
  { tokens, clock }: Door,
  entry: About,
): Promise<(DonorToken | Refused)[]> {
  const today = civilDateOf(clock.now());
  const documents = refs.map(({ document }) => (document ? findNormalDocument(document, today) : undefined));
  const made = await tokens.tokensOf(documents.filter((document) => document !== undefined));
  let next = 0;
  const found = refs.map(({ token }, place) => {
    if (token) return token;
    const fresh = documents[place] === undefined ? undefined : made[next++];
    return fresh ?? new Refused('BAD_DOCUMENT');
  });
  entry.about(...found.filter((token) => typeof token === 'string'));
  return found;
}

/** Rows that are shown, whose donors are named in the record. */
export function named<Row extends { readonly token: Uint8Array }>(entry: About, rows: Row[]): Row[] {
  entry.about(...rows.map(({ token }) => tokenOf(token)));
  return rows;
}

/** The token of one reference. Throws `BAD_DOCUMENT`. */
export async function donorTokenOf(ref: DonorRef, door: Door, entry: About): Promise<DonorToken> {
  const [token] = await donorTokensOf([ref], door, entry);
  if (token === undefined || token instanceof Refused) throw token ?? new Refused('BAD_DOCUMENT');
  return token;
}
