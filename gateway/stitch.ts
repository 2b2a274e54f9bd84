/** The gateway's one schema, stitched at start and never again: the directory, all stations, and donors. */
import { stitchSchemas } from '@graphql-tools/stitch';
import type { GraphQLSchema } from 'graphql';

import { directorySubschema } from './directory-subschema.ts';
import { donorResolvers, donorTypeDefs } from './donor-fields.ts';
import { scalars } from './scalars.ts';
import type { StationLinks } from './station-links.ts';
import type { StationNotes } from './station-notes.ts';
import { createStationsExecutor } from './stations-executor.ts';
import { readStationSchema, stationsSubschema } from './stations-subschema.ts';

export interface StitchOptions {
  readonly links: StationLinks;
  readonly notes: StationNotes;
}

export async function stitch({ links, notes }: StitchOptions): Promise<GraphQLSchema> {
  const schema = await readStationSchema();
  const executor = createStationsExecutor({ schema, links, notes });
  return stitchSchemas({
    subschemas: [stationsSubschema(schema, executor), directorySubschema],
    typeDefs: donorTypeDefs,
    resolvers: [donorResolvers, scalars],
    // Otherwise every object of every answer is searched for fields that some subschema might add.
    mergeTypes: ['Station'],
  });
}
