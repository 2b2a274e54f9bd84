/** One GraphQL question to a station or to the gateway. The answer is parsed at the door. */
import { request } from 'undici';
import { z } from 'zod';

import { Problem, systemCodeOf } from './problem.ts';
import { howToSignInAgain } from './sign-in.ts';
import type { SignedIn } from './sign-in.ts';

const GraphqlError = z.object({
  message: z.string(),
  extensions: z
    .object({
      code: z.string().optional(),
      station: z.string().nullish(),
      retryable: z.boolean().optional(),
      requestId: z.string().optional(),
    })
    .optional(),
});
export type GraphqlError = z.infer<typeof GraphqlError>;

const Envelope = z.object({ data: z.unknown().optional(), errors: z.array(GraphqlError).optional() });

export interface Question<T> {
  /** Who is asked, for sentences. */
  readonly who: string;
  readonly url: string;
  /** Who asks. */
  readonly signedIn: SignedIn;
  readonly query: string;
  readonly variables?: object;
  /** What the data must look like. */
  readonly shape: z.ZodType<T>;
}

const patienceMs = 20_000;

/** The body of a question, as whoever signs it has to know it. */
export const bodyOf = ({ query, variables = {} }: Pick<Question<unknown>, 'query' | 'variables'>): string =>
  JSON.stringify({ query, variables });

/** The data, with the errors beside it. Throws when there is no data that can be used. */
export async function ask<T>({
  who,
  url,
  signedIn,
  query,
  variables = {},
  shape,
}: Question<T>): Promise<{ data: T; errors: GraphqlError[] }> {
  const envelope = Envelope.safeParse(
    await post({ who, url: new URL('/graphql', url), signedIn, body: bodyOf({ query, variables }) }),
  );
  if (!envelope.success) throw new Problem(`${who} does not answer in GraphQL.`, 'failed');
  const { data, errors = [] } = envelope.data;
  const parsed = shape.safeParse(data);
  if (parsed.success) return { data: parsed.data, errors };
  const [first] = errors;
  if (first === undefined)
    throw new Problem(`${who} answers in a form this command does not know: are both of the same version?`, 'failed');
  const { code = 'unknown code', retryable = false, requestId } = first.extensions ?? {};
  const trace = requestId === undefined ? '' : `, request ${requestId} in its log`;
  const hint = code === 'UNAUTHENTICATED' ? ` ${howToSignInAgain()}` : '';
  throw new Problem(
    `${who} could not answer: ${first.message} (${code}${trace})${hint}`,
    retryable ? 'unreachable' : 'failed',
  );
}

interface Posted {
  readonly who: string;
  readonly url: URL;
  readonly signedIn: SignedIn;
  readonly body: string;
}

async function post({ who, url, signedIn, body }: Posted): Promise<unknown> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { ...signedIn, 'content-type': 'application/json', accept: 'application/json' },
      body,
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    });
    return await answer.body.json();
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    const late = systemCodeOf(cause)?.includes('TIMEOUT') === true;
    throw new Problem(`${who} ${late ? 'does not answer' : 'cannot be reached'} at ${url.origin}.`, 'unreachable', {
      cause,
    });
  }
}
