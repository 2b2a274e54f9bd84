/** What the page asks the gateway: the measures, and tables of figures. */
import { queryOptions } from '@tanstack/react-query';

import type { AggregateInput } from '#schema/aggregates.ts';

import { ask } from '../../lib/ask.ts';
import { aggregateDocument, measuresDocument } from '../../lib/generated/documents.ts';
import type { Session } from '../../lib/sign-in.ts';

const minute = 60_000;

const asRegulator = ({ token }: Session, signal: AbortSignal) => ({
  ...{ token: token(), signal },
  role: 'REGULATOR' as const,
  purpose: 'STATISTICS' as const,
});

export const measuresAsked = (session: Session) =>
  queryOptions({
    queryKey: ['measures'],
    queryFn: async ({ signal }) => (await ask(measuresDocument, {}, asRegulator(session, signal))).measures,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Closed figures do not change; who was missing may be there again after a while. */
export const aggregateAsked = (session: Session, input: AggregateInput) =>
  queryOptions({
    queryKey: ['aggregate', input],
    queryFn: async ({ signal }) => (await ask(aggregateDocument, { input }, asRegulator(session, signal))).aggregate,
    staleTime: minute,
  });
