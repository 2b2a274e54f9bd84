/** The answer of GraphQL over HTTP that a result becomes. */
import { presentErrors } from '../errors/present-error.ts';
import type { Presenter } from '../errors/present-error.ts';
import { GRAPHQL_TYPES } from '../http/answer.ts';
import type { Answer } from '../http/answer.ts';
import type { MediaType } from '../http/media-type.ts';

import type { Outcome } from './engine.ts';

/** A result as the specification wants it: request errors are 200 for callers that know only `application/json`. */
export const answerOf = ({ result, code }: Outcome, to: Omit<Presenter, 'code'> & { mediaType: MediaType }): Answer => {
  const { mediaType, requestId } = to;
  const errors = result.errors && presentErrors(result.errors, { ...to, code });
  const status = result.data !== undefined || mediaType === 'application/json' ? 200 : 400;
  const body = JSON.stringify(errors === undefined ? result : { ...result, errors });
  return { status, type: GRAPHQL_TYPES[mediaType], body, requestId };
};
