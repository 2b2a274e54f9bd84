/** The conflicts a station is party to: the list of them, one of them, and settling one. */
import type { ConflictKind } from '../../domain/conflict.ts';
import { tokenOf } from '../../db/columns.ts';
import { builder, pageSize } from '../../graphql/builder.ts';
import { named } from '../../graphql/donor-ref.ts';
import { ConflictKindType, ConflictStateType } from '../../graphql/enums.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';

const ConflictType = builder.prismaObject('Conflict', {
  description: 'Facts that together show that a rule was broken, found when the last of them arrived.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The same at every station concerned.' }),
    kind: t.field({
      type: ConflictKindType,
      select: { kind: true },
      description: 'What was broken.',
      // The table holds only what the domain found.
      resolve: ({ kind }) => kind as ConflictKind,
    }),
    donor: t.field({
      type: 'DonorToken',
      select: { token: true },
      description: 'The donor.',
      resolve: ({ token }) => tokenOf(token),
    }),
    stations: t.expose('stations', { type: ['StationCode'], description: 'The stations concerned.' }),
    donations: t.exposeStringList('donations', { description: "This station's donations among the facts, by number." }),
    rule: t.exposeString('rule', { nullable: true, description: 'The rule that was broken, where one is named.' }),
    state: t.expose('state', { type: ConflictStateType, description: 'How it stands.' }),
    openedAt: t.expose('openedAt', {
      type: 'DateTime',
      description: 'When the log took the last of the facts, by its clock.',
    }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was resolved or withdrawn.',
    }),
    resolvedBy: t.exposeString('resolvedBy', { nullable: true, description: 'Who resolved it.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why it is settled.' }),
  }),
});

builder.queryField('conflicts', (t) =>
  t.prismaConnection({
    type: ConflictType,
    cursor: 'id',
    ...pageSize,
    description: 'The conflicts that concern this station, the newest first; at most 100 a page.',
    args: {
      state: t.arg({ type: ConflictStateType, required: false, description: 'Only those that stand so.' }),
    },
    resolve: async (query, entry, { state }, { prisma }) =>
      named(
        entry,
        await prisma.conflict.findMany({
          ...query,
          where: state ? { state } : {},
          orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
        }),
      ),
  }),
);

builder.queryField('conflict', (t) =>
  t.prismaField({
    type: ConflictType,
    nullable: true,
    description: 'One conflict; null when this station has none of this id.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: async (query, entry, { id }, { prisma }) => {
      const found = await prisma.conflict.findUnique({ ...query, where: { id } });
      if (found !== null) named(entry, [found]);
      return found;
    },
  }),
);

const ResolveConflictResult = builder.unionType('ResolveConflictResult', {
  description: 'The conflict as resolved, or why it was not.',
  types: [ConflictType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Conflict'),
});

builder.mutationField('resolveConflict', (t) =>
  t.field({
    type: ResolveConflictResult,
    description: 'Settles a conflict at this station; the others concerned settle theirs.',
    args: {
      id: t.arg.id({ description: 'The conflict.' }),
      resolvedBy: t.arg.string({ description: 'Who settles it, 1 to 100 characters.' }),
      reason: t.arg.string({ description: 'Why it is settled, 1 to 500 characters.' }),
    },
    resolve: (entry, resolution, context) => orRefusal(() => context.conflicts.resolve(entry, resolution)),
  }),
);
