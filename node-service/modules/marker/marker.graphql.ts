/** `marker(donor)`: what stands behind a donor's bars, for a physician with a case. */
import { builder } from '../../graphql/builder.ts';
import { CoverageType } from '../../graphql/decision-types.ts';
import { DonorRefInput, donorTokenOf } from '../../graphql/donor-ref.ts';
import { MarkerType } from '../../graphql/enums.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';
import type { DonorMarker, DonorMarkers } from './marker.ts';

const DonorMarkerType = builder.objectRef<DonorMarker>('DonorMarker').implement({
  description: 'A lookout in force, at the station that keeps it.',
  fields: (t) => ({
    station: t.expose('station', { type: 'StationCode', description: 'The station to ask about it.' }),
    marker: t.expose('marker', { type: MarkerType, description: 'What was confirmed.' }),
    confirmedOn: t.expose('confirmedOn', { type: 'Date', description: 'The day of the confirmation.' }),
  }),
});

const DonorMarkersType = builder.objectRef<DonorMarkers>('DonorMarkers').implement({
  description: 'Everything in force of a donor, and the stations that rests on.',
  fields: (t) => ({
    markers: t.expose('markers', {
      type: [DonorMarkerType],
      description: 'The lookouts in force; empty only means that nothing is when the coverage is complete.',
    }),
    coverage: t.expose('coverage', { type: CoverageType, description: 'The stations that were heard.' }),
  }),
});

const MarkerResult = builder.unionType('MarkerResult', {
  description: "What stands behind a donor's bars, or why that was not looked up.",
  types: [DonorMarkersType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'DonorMarkers'),
});

builder.queryField('marker', (t) =>
  t.field({
    type: MarkerResult,
    description:
      'For a physician (purpose `CARE`, with a case): the lookouts in force of a donor, here and, live from their owners, elsewhere. Recorded here and there. Errors: `BAD_DOCUMENT`.',
    args: { donor: t.arg({ type: DonorRefInput, description: 'The donor.' }) },
    resolve: (entry, { donor }, context) =>
      orRefusal(async () => context.markers.behind(context.caller, await donorTokenOf(donor, context, entry))),
  }),
);
