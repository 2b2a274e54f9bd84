/** A station's own donations: the list of them, and recording one. */

import { builder, pageSize } from '../../graphql/builder.ts';
import { civilDateOfColumn, tokenOf } from '../../db/columns.ts';
import { DonorRefInput, donorTokenOf } from '../../graphql/donor-ref.ts';
import { OutcomeType, ProcedureType } from '../../graphql/enums.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';

const DonationType = builder.prismaObject('Donation', {
  description: 'One draw at this station.',
  fields: (t) => ({
    donationNo: t.exposeString('donationNo', { description: 'The number the station gave it.' }),
    donor: t.field({
      type: 'DonorToken',
      select: { token: true },
      description: 'The donor.',
      resolve: ({ token }) => tokenOf(token),
    }),
    procedure: t.expose('procedure', { type: ProcedureType, description: 'What was taken.' }),
    collectedAt: t.expose('collectedAt', { type: 'DateTime', description: 'When.' }),
    collectedOn: t.field({
      type: 'Date',
      select: { collectedOn: true },
      description: 'The local day, which the rules count.',
      resolve: ({ collectedOn }) => civilDateOfColumn(collectedOn),
    }),
    volumeMl: t.exposeInt('volumeMl', { description: 'How much, in millilitres, 0 to 100,000.' }),
    outcome: t.expose('outcome', { type: OutcomeType, description: 'How it ended.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down here.' }),
  }),
});

builder.queryField('donations', (t) =>
  t.prismaConnection({
    type: DonationType,
    cursor: 'donationNo',
    ...pageSize,
    description: "The station's own donations, the latest draw first; at most 100 a page.",
    resolve: (query, _, __, { prisma }) =>
      prisma.donation.findMany({ ...query, orderBy: [{ collectedAt: 'desc' }, { donationNo: 'desc' }] }),
  }),
);

const RecordDonationInput = builder.inputType('RecordDonationInput', {
  description: 'A donation as a collector enters it.',
  fields: (t) => ({
    donor: t.field({ type: DonorRefInput, description: 'The donor.' }),
    donationNo: t.string({ description: 'The number the station gives it: 1 to 40 letters, digits and . _ / -' }),
    procedure: t.field({ type: ProcedureType, description: 'What was taken.' }),
    collectedAt: t.field({ type: 'DateTime', description: 'When; not in the future.' }),
    volumeMl: t.int({ description: 'How much, in millilitres, 0 to 100,000.' }),
    outcome: t.field({ type: OutcomeType, description: 'How it ended.' }),
  }),
});

const RecordDonationResult = builder.unionType('RecordDonationResult', {
  description: 'The donation as recorded, or why it was not.',
  types: [DonationType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Donation'),
});

builder.mutationField('recordDonation', (t) =>
  t.field({
    type: RecordDonationResult,
    description: 'Records a donation. The same again changes nothing; the same number with other content is refused.',
    args: { input: t.arg({ type: RecordDonationInput, description: 'The donation.' }) },
    resolve: (_, { input: { donor, ...donation } }, context) =>
      orRefusal(async () => context.donations.record({ ...donation, token: await donorTokenOf(donor, context) })),
  }),
);
