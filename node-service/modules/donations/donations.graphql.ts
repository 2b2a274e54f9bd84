/** A station's own donations: the list of them, recording one, and correcting one. */

import { civilDateOfColumn, tokenOf } from '../../db/columns.ts';
import type { DonationFlag } from '../../db/generated/prisma/client.ts';
import { builder, pageSize } from '../../graphql/builder.ts';
import { DonorRefInput, donorTokenOf, named } from '../../graphql/donor-ref.ts';
import { OutcomeType, ProcedureType } from '../../graphql/enums.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';

const flagDescriptions: Record<DonationFlag, { description: string }> = {
  WITHOUT_PERMIT: { description: 'It names no permit.' },
  PERMIT_NOT_IN_FORCE: {
    description: 'It names a permit of another station, donor or procedure, or one that was not in force.',
  },
};

const DonationFlagType = builder.enumType('DonationFlag', {
  description: 'What is irregular about how a donation came to be. It is recorded all the same.',
  values: flagDescriptions,
});

builder.prismaObject('Correction', {
  name: 'DonationCorrection',
  description: 'What a donation said before it was corrected, who corrected it, and why.',
  fields: (t) => ({
    donor: t.field({
      type: 'DonorToken',
      select: { eventId: true },
      description: 'The donor it was recorded for.',
      resolve: async ({ eventId }, _, { prisma }) =>
        tokenOf((await prisma.outbox.findUniqueOrThrow({ where: { id: eventId } })).token),
    }),
    procedure: t.expose('procedure', { type: ProcedureType, description: 'What had been recorded as taken.' }),
    collectedAt: t.expose('collectedAt', { type: 'DateTime', description: 'When, as recorded.' }),
    volumeMl: t.exposeInt('volumeMl', { description: 'How much, as recorded.' }),
    outcome: t.expose('outcome', { type: OutcomeType, description: 'How it ended, as recorded.' }),
    correctedBy: t.exposeString('correctedBy', { description: 'Who corrected it.' }),
    reason: t.exposeString('reason', { description: 'Why.' }),
    correctedAt: t.expose('correctedAt', { type: 'DateTime', description: 'When it was corrected.' }),
  }),
});

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
    permit: t.exposeID('permit', { nullable: true, description: 'The permit it was made under; null without one.' }),
    flag: t.expose('flag', {
      type: DonationFlagType,
      nullable: true,
      description: 'What is irregular about how it came to be; null when nothing is, and for an imported one.',
    }),
    corrections: t.relation('corrections', {
      query: { orderBy: [{ correctedAt: 'asc' }, { eventId: 'asc' }] },
      description: 'What it said before it was corrected, the oldest first.',
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down here.' }),
  }),
});

builder.queryField('donations', (t) =>
  t.prismaConnection({
    type: DonationType,
    cursor: 'donationNo',
    ...pageSize,
    description: "The station's own donations, the latest draw first; at most 100 a page.",
    resolve: async (query, entry, _, { prisma }) =>
      named(
        entry,
        await prisma.donation.findMany({ ...query, orderBy: [{ collectedAt: 'desc' }, { donationNo: 'desc' }] }),
      ),
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
    permit: t.id({
      required: false,
      description: 'The permit it was made under. A donation without one is recorded too, and flagged.',
    }),
  }),
});

const CorrectDonationInput = builder.inputType('CorrectDonationInput', {
  description: 'What a donation was in truth, as a whole, with who says so and why.',
  fields: (t) => ({
    donationNo: t.string({ description: 'The number of the donation.' }),
    donor: t.field({
      type: DonorRefInput,
      required: false,
      description: 'The donor it was of in truth; left out when that was recorded rightly.',
    }),
    procedure: t.field({ type: ProcedureType, description: 'What was taken.' }),
    collectedAt: t.field({ type: 'DateTime', description: 'When; not in the future.' }),
    volumeMl: t.int({ description: 'How much, in millilitres, 0 to 100,000.' }),
    outcome: t.field({ type: OutcomeType, description: 'How it ended.' }),
    correctedBy: t.string({ description: 'Who corrects it, 1 to 100 characters. Stays at this station.' }),
    reason: t.string({ description: 'Why, 1 to 500 characters. Stays at this station.' }),
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
    resolve: (entry, { input: { donor, permit, ...donation } }, context) =>
      orRefusal(async () => {
        const token = await donorTokenOf(donor, context, entry);
        return context.donations.record(entry, { ...donation, token, permit: permit ?? null });
      }),
  }),
);

const CorrectDonationResult = builder.unionType('CorrectDonationResult', {
  description: 'The donation as it is now, or why nothing was changed.',
  types: [DonationType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Donation'),
});

builder.mutationField('correctDonation', (t) =>
  t.field({
    type: CorrectDonationResult,
    description: 'Corrects a donation that was recorded wrongly; every node follows. The same again changes nothing.',
    args: { input: t.arg({ type: CorrectDonationInput, description: 'The donation in truth.' }) },
    resolve: (entry, { input: { donor, ...correction } }, context) =>
      orRefusal(async () => {
        const token = donor ? await donorTokenOf(donor, context, entry) : null;
        return context.donations.correct(entry, { ...correction, token });
      }),
  }),
);
