/** A table of figures as the gateway answers it. */
import type { AggregateQuery, MeasuresQuery } from '../../lib/generated/documents.ts';

export type Table = Extract<AggregateQuery['aggregate'], { readonly __typename: 'AggregateTable' }>;
export type Figure = Table['figures'][number];
export type Station = Table['stations'][number];
export type MeasureDefinition = MeasuresQuery['measures'][number];
