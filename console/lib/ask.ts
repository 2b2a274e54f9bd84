/** Asking the service that serves the page, with documents of its manifest only. */
import { z } from 'zod';

import { faults, requestErrors } from '#schema/codes.ts';
import type { Sentence } from '#schema/codes.ts';
import type { Role, Purpose } from '#schema/caller.ts';
import { callerHeaders } from '#schema/exchange.ts';

import type { TypedDocument } from './typed-document.ts';

/** No answer, or none that can be used: a fault, or a request that was not taken. */
export class AskFailed extends Error {
  override readonly name = 'AskFailed';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, retryable: boolean, options: ErrorOptions = {}) {
    super(code, options);
    this.code = code;
    this.retryable = retryable;
  }
}

const unreachable: Sentence = {
  zh: '无法连接服务，请检查网络后重试。',
  en: 'The service cannot be reached: check the network and try again.',
};

/** What to tell a person. */
export function sentenceOf(error: unknown): Sentence {
  const code = error instanceof AskFailed ? error.code : 'INTERNAL';
  if (code === 'UNREACHABLE') return unreachable;
  const sentences: Readonly<Record<string, Sentence>> = { ...requestErrors, ...faults };
  return sentences[code] ?? faults.INTERNAL;
}

const Failure = z.object({ extensions: z.object({ code: z.string(), retryable: z.boolean().default(false) }) });
const Answer = z.object({ data: z.unknown().optional(), errors: z.array(Failure).min(1).optional() });

export interface Asker {
  /** Null when nobody has signed in, or no longer. */
  readonly token: string | null;
  readonly role: Role;
  readonly purpose: Purpose;
}

/** Rejects with `AskFailed`. */
export async function ask<Data, Variables>(
  { id }: TypedDocument<Data, Variables>,
  variables: Variables,
  { token, role, purpose, signal }: Asker & { readonly signal: AbortSignal },
): Promise<Data> {
  if (token === null) throw new AskFailed('UNAUTHENTICATED', false);
  const response = await fetch('../graphql', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...{ [callerHeaders.role]: role, [callerHeaders.purpose]: purpose },
    },
    body: JSON.stringify({ documentId: id, variables }),
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : new AskFailed('UNREACHABLE', true);
  });
  const answer = Answer.safeParse(await response.json().catch(() => undefined)).data;
  const [failure] = answer?.errors ?? [];
  if (failure !== undefined) throw new AskFailed(failure.extensions.code, failure.extensions.retryable);
  if (answer === undefined || !response.ok) throw new AskFailed('INTERNAL', true);
  // What fits the document fits its type: both are made from the schema the service answers by.
  return answer.data as Data;
}
