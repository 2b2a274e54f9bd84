/** How a station stands in the donor log, as it says itself: for operators, and for `lookout stations`. */
import { builder } from '../../graphql/builder.ts';
import { CoverageStateType } from '../../graphql/enums.ts';
import type { OriginStanding, ReplicationStanding } from './replication.ts';
import { StationType } from './station.graphql.ts';

const OriginStandingType = builder.objectRef<OriginStanding>('OriginStanding').implement({
  description: 'How complete the copy of what one other member told is.',
  fields: (t) => ({
    origin: t.expose('origin', { type: 'StationCode', description: 'The member.' }),
    state: t.expose('state', { type: CoverageStateType, description: 'Whether answers may rest on the copy now.' }),
    asOf: t.expose('asOf', {
      type: 'DateTime',
      nullable: true,
      description:
        "The moment, by the log's clock, up to which everything it knew is here; null while nothing proves it.",
    }),
    gaps: t.exposeInt('gaps', { description: 'In how many partitions something of it is missing or in doubt.' }),
  }),
});

const ReplicationType = builder.objectRef<ReplicationStanding>('Replication').implement({
  description: 'How a station stands in the donor log: what it has still to tell, and how complete its copy is.',
  fields: (t) => ({
    logTime: t.expose('logTime', {
      type: 'DateTime',
      nullable: true,
      description: "The log's time at the latest; null while the log was not heard.",
    }),
    drained: t.exposeBoolean('isDrained', { description: 'Whether all it has told is in the log.' }),
    lag: t.exposeInt('lag', {
      nullable: true,
      description: 'Records of the log it has still to apply; null where another of its instances applies them.',
    }),
    quarantined: t.exposeInt('quarantined', { description: 'Records it did not apply, kept with their reasons.' }),
    conflictsOpen: t.exposeInt('conflictsOpen', { description: 'Conflicts that concern it and are open.' }),
    fresh: t.exposeInt('fresh', { description: 'Members whose copy is complete and recent enough to answer from.' }),
    members: t.exposeInt('members', { description: 'The other active members.' }),
    origins: t.expose('origins', { type: [OriginStandingType], description: 'Each of them.' }),
  }),
});

builder.objectField(StationType, 'replication', (t) =>
  t.field({
    type: ReplicationType,
    description: 'How it stands in the donor log.',
    resolve: (_, __, { replication }) => replication.standing(),
  }),
);
