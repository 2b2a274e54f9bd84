/** What regulators ask: which measures there are, and figures of them. Fields of the stitched schema itself. */
import { z } from 'zod';

import type { MeasureDefinition } from '#schema/aggregate-table.ts';

import type { Context } from '../context.ts';
import { isRefusal } from './answers.ts';
import type { AggregateAnswer } from './answers.ts';
import { definitions } from './definitions.ts';

const Arguments = z.object({ input: z.unknown() });

export const aggregateResolvers = {
  Query: {
    measures: (): readonly MeasureDefinition[] => definitions,
    aggregate: (_: unknown, args: unknown, { aggregates, caller, directory, requestId }: Context) =>
      aggregates.answer({ input: Arguments.parse(args).input, caller, directory, requestId }),
  },
  AggregateResult: {
    __resolveType: (answer: AggregateAnswer) => (isRefusal(answer) ? 'Refused' : 'AggregateTable'),
  },
};
