/** The name of one request in answers and logs: the caller's own if it is harmless, otherwise a new one. */
import { randomUUID } from 'node:crypto';
import { scrub } from '../errors/describe-error.ts';

const UUID_OR_TRACE_ID = /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i;
const SIMPLE = /^[\w.:-]{1,64}$/;

/** An id is logged, so one that could carry a document number or a donor token is not taken over. */
const isSane = (id: string) => UUID_OR_TRACE_ID.test(id) || (SIMPLE.test(id) && scrub(id) === id);

export const requestIdOf = (offered: string | string[] | undefined): string =>
  typeof offered === 'string' && isSane(offered) ? offered : randomUUID();
