/** The gateway's one schema, stitched at start and never again: the directory, all stations, and what stations ask each other. */
import { stitchSchemas } from '@graphql-tools/stitch';
import type { GraphQLSchema } from 'graphql';

import { aggregateResolvers } from './aggregates/aggregate-fields.ts';
import { aggregateTypeDefs } from './aggregates/aggregate-sdl.ts';
import { directorySubschema } from './directory-subschema.ts';
import { exchangeResolvers, exchangeTypeDefs } from './exchange-fields.ts';
import type { Forwarding } from './forwarding.ts';
import { scalars } from './scalars.ts';
import type { StationNotes } from './station-notes.ts';
import { createStationsExecutor } from './stations-executor.ts';
import { readStationSchema, stationsSubschema } from './stations-subschema.ts';

export interface StitchOptions {
  readonly forwarding: Pick<Forwarding, 'askForItself'>;
  readonly notes: StationNotes;
}

export async function stitch({ forwarding, notes }: StitchOptions): Promise<GraphQLSchema> {
  const schema = await readStationSchema();
  const executor = createStationsExecutor({ schema, forwarding, notes });
  return stitchSchemas({
    subschemas: [stationsSubschema(schema, executor), directorySubschema],
    typeDefs: [exchangeTypeDefs, aggregateTypeDefs],
    resolvers: [exchangeResolvers, aggregateResolvers, scalars],
    // Otherwise every object of every answer is searched for fields that some subschema might add.
    mergeTypes: ['Station'],
  });
}
