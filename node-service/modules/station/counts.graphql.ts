/** What a station counts of itself, for the gateway that gathers figures for regulators. */
import type { StationCounts } from '#schema/aggregates.ts';

import { builder } from '../../graphql/builder.ts';
import { CountFamilyType } from '../../graphql/enums.ts';
import { StationType } from './station.graphql.ts';

const StationCountType = builder.objectRef<StationCounts['counts'][number]>('StationCount').implement({
  description: 'How many there were of one class in one period.',
  fields: (t) => ({
    period: t.exposeString('period', { description: 'The period: `2026-07`, `2026-Q3` or `2026`.' }),
    class: t.exposeString('class', { description: 'The class, one that has no parts; `ALL` where there are none.' }),
    count: t.exposeInt('count', { description: 'How many, at least 1.' }),
  }),
});

const StationCountsType = builder.objectRef<StationCounts>('StationCounts').implement({
  description: 'What a station counted in one family and year, of periods whose books are closed.',
  fields: (t) => ({
    closedUntil: t.expose('closedUntil', {
      type: 'Date',
      description: 'The first day that is not closed yet: what lies before it will not change any more.',
    }),
    counts: t.expose('counts', {
      type: [StationCountType],
      description:
        'Every count other than 0, of the finest periods of the family; of donors, who do not add up, of quarters and years as well.',
    }),
  }),
});

builder.objectField(StationType, 'counts', (t) =>
  t.field({
    type: StationCountsType,
    description:
      'What it counted in one family and year. Errors: `STATION_NOT_READY` while its first import runs or books are being closed, `BAD_INPUT` for a year before 1990 or after 2199.',
    args: {
      family: t.arg({ type: CountFamilyType, description: 'The family.' }),
      year: t.arg.int({ description: 'The year.' }),
    },
    resolve: (_, { family, year }, { counts }) => counts.of(family, year),
  }),
);
