/** The subgraph of a station: every module adds its types and fields to the builder, which makes the schema once. */
import { lexicographicSortSchema, printSchema } from 'graphql';

import '../modules/conflicts/conflicts.graphql.ts';
import '../modules/donations/donations.graphql.ts';
import '../modules/eligibility/eligibility.graphql.ts';
import '../modules/lookouts/lookouts.graphql.ts';
import '../modules/marker/marker.graphql.ts';
import '../modules/permits/permits.graphql.ts';
import '../modules/registrations/registrations.graphql.ts';
import '../modules/release/release.graphql.ts';
import '../modules/station/counts.graphql.ts';
import '../modules/station/record.graphql.ts';
import '../modules/station/replication.graphql.ts';
import '../modules/station/station.graphql.ts';
import { builder } from './builder.ts';
import { recorded } from './recording.ts';

export const stationSchema = recorded(builder.toSchema());

/** The subgraph as text, as it is committed in `schema/sdl/station.graphql`. */
export function printStationSdl(): string {
  return `${printSchema(lexicographicSortSchema(stationSchema))}\n`;
}
