/** A plasma station takes a donor as its own, and lets one go. */

import { civilDateOfColumn, tokenOf } from '../../db/columns.ts';
import { builder } from '../../graphql/builder.ts';
import { DonorRefInput, donorTokenOf } from '../../graphql/donor-ref.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';

const RegistrationType = builder.prismaObject('Registration', {
  description: 'A donor this plasma station took as its own. One donor has one home station.',
  fields: (t) => ({
    registrationNo: t.exposeString('registrationNo', { description: 'The number the station gave it.' }),
    donor: t.field({
      type: 'DonorToken',
      select: { token: true },
      description: 'The donor.',
      resolve: ({ token }) => tokenOf(token),
    }),
    registeredOn: t.field({
      type: 'Date',
      select: { registeredOn: true },
      description: 'The first day of the registration.',
      resolve: ({ registeredOn }) => civilDateOfColumn(registeredOn),
    }),
    releasedOn: t.field({
      type: 'Date',
      nullable: true,
      select: { releasedOn: true },
      description: 'The first day the donor is no longer registered here; null while registered.',
      resolve: ({ releasedOn }) => releasedOn && civilDateOfColumn(releasedOn),
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was written down here.' }),
  }),
});

const RegisterPlasmaDonorInput = builder.inputType('RegisterPlasmaDonorInput', {
  description: 'A registration as the registrar enters it.',
  fields: (t) => ({
    donor: t.field({ type: DonorRefInput, description: 'The donor.' }),
    registrationNo: t.string({ description: 'The number the station gives it: 1 to 40 letters, digits and . _ / -' }),
    registeredOn: t.field({ type: 'Date', description: 'The first day; not in the future.' }),
  }),
});

const ReleasePlasmaDonorInput = builder.inputType('ReleasePlasmaDonorInput', {
  description: 'Which registration ends, and from which day on.',
  fields: (t) => ({
    registrationNo: t.string({ description: 'The number of the registration.' }),
    releasedOn: t.field({
      type: 'Date',
      required: false,
      description: 'The first day the donor is no longer registered here; today when left out, never later.',
    }),
  }),
});

const RegisterPlasmaDonorResult = builder.unionType('RegisterPlasmaDonorResult', {
  description: 'The registration, or why there is none.',
  types: [RegistrationType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Registration'),
});

builder.mutationField('registerPlasmaDonor', (t) =>
  t.field({
    type: RegisterPlasmaDonorResult,
    description: 'Registers a donor at this plasma station. The same again changes nothing.',
    args: { input: t.arg({ type: RegisterPlasmaDonorInput, description: 'The registration.' }) },
    resolve: (entry, { input: { donor, ...registration } }, context) =>
      orRefusal(async () => {
        const token = await donorTokenOf(donor, context, entry);
        return context.registrations.register(entry, { ...registration, token });
      }),
  }),
);

const ReleasePlasmaDonorResult = builder.unionType('ReleasePlasmaDonorResult', {
  description: 'The registration as it is now, or why nothing was changed.',
  types: [RegistrationType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Registration'),
});

builder.mutationField('releasePlasmaDonor', (t) =>
  t.field({
    type: ReleasePlasmaDonorResult,
    description: 'Lets a donor go, so that another plasma station may take them. A registration ends once.',
    args: { input: t.arg({ type: ReleasePlasmaDonorInput, description: 'Which, and from when.' }) },
    resolve: (entry, { input: { registrationNo, releasedOn } }, context) =>
      orRefusal(() => context.registrations.release(entry, registrationNo, releasedOn ?? null)),
  }),
);
