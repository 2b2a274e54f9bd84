/** A station's own lookout list: the list, putting a donor on it and taking one off. */

import { civilDateOfColumn, tokenOf } from '../../db/columns.ts';
import { builder, pageSize } from '../../graphql/builder.ts';
import { DonorRefInput, donorTokenOf, named } from '../../graphql/donor-ref.ts';
import { MarkerType } from '../../graphql/enums.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';

const LookoutType = builder.prismaObject('Lookout', {
  description: 'A donor confirmed positive at this station. Others see a neutral bar.',
  fields: (t) => ({
    lookoutNo: t.exposeString('lookoutNo', { description: 'The number the station gave it.' }),
    donor: t.field({
      type: 'DonorToken',
      select: { token: true },
      description: 'The donor.',
      resolve: ({ token }) => tokenOf(token),
    }),
    marker: t.expose('marker', { type: MarkerType, description: 'What was confirmed.' }),
    confirmedOn: t.field({
      type: 'Date',
      select: { confirmedOn: true },
      description: 'The day of the confirmation: the first day the donor is referred everywhere.',
      resolve: ({ confirmedOn }) => civilDateOfColumn(confirmedOn),
    }),
    clearedOn: t.field({
      type: 'Date',
      nullable: true,
      select: { clearedOn: true },
      description: 'The day it was lifted: the first day it no longer holds. Null while it is in force.',
      resolve: ({ clearedOn }) => clearedOn && civilDateOfColumn(clearedOn),
    }),
    laboratory: t.exposeString('laboratory', { description: 'The laboratory that confirmed it.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down here.' }),
  }),
});

builder.queryField('lookouts', (t) =>
  t.prismaConnection({
    type: LookoutType,
    cursor: 'lookoutNo',
    ...pageSize,
    description: "The station's own lookouts, the last written down first; at most 100 a page.",
    resolve: async (query, entry, _, { prisma }) =>
      named(
        entry,
        await prisma.lookout.findMany({ ...query, orderBy: [{ recordedAt: 'desc' }, { lookoutNo: 'desc' }] }),
      ),
  }),
);

const ReportLookoutInput = builder.inputType('ReportLookoutInput', {
  description: 'A confirmed result. Screening results do not belong here: only about one in ten is confirmed.',
  fields: (t) => ({
    donor: t.field({ type: DonorRefInput, description: 'The donor.' }),
    lookoutNo: t.string({ description: 'The number the station gives it: 1 to 40 letters, digits and . _ / -' }),
    marker: t.field({ type: MarkerType, description: 'What was confirmed.' }),
    confirmedOn: t.field({ type: 'Date', description: 'The day of the confirmation; not in the future.' }),
    laboratory: t.string({ description: 'The laboratory that confirmed it, 1 to 200 characters.' }),
  }),
});

const ClearLookoutInput = builder.inputType('ClearLookoutInput', {
  description: 'Which lookout is lifted, and from which day on.',
  fields: (t) => ({
    lookoutNo: t.string({ description: 'The number of the lookout.' }),
    clearedOn: t.field({
      type: 'Date',
      required: false,
      description: 'The first day it no longer holds; today when left out, never later.',
    }),
  }),
});

const LookoutResult = builder.unionType('LookoutResult', {
  description: 'The lookout as it is now, or why nothing was changed.',
  types: [LookoutType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Lookout'),
});

builder.mutationField('reportLookout', (t) =>
  t.field({
    type: LookoutResult,
    description: 'Puts a confirmed-positive donor on the list. The same again changes nothing.',
    args: { input: t.arg({ type: ReportLookoutInput, description: 'The confirmed result.' }) },
    resolve: (entry, { input: { donor, ...lookout } }, context) =>
      orRefusal(async () => {
        const token = await donorTokenOf(donor, context, entry);
        return context.lookouts.report(entry, { ...lookout, token });
      }),
  }),
);

builder.mutationField('clearLookout', (t) =>
  t.field({
    type: LookoutResult,
    description: 'Lifts a lookout. A lookout is lifted once.',
    args: { input: t.arg({ type: ClearLookoutInput, description: 'Which, and from when.' }) },
    resolve: (entry, { input: { lookoutNo, clearedOn } }, context) =>
      orRefusal(() => context.lookouts.clear(entry, lookoutNo, clearedOn ?? null)),
  }),
);
