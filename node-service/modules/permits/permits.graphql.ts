/** Taking a donor's chair, giving it back, and the list of the chairs this station took. */
import { resolveCursorConnection } from '@pothos/plugin-relay';
import type { ResolveCursorConnectionArgs } from '@pothos/plugin-relay';

import { faults } from '#schema/codes.ts';
import type { FaultCode } from '#schema/codes.ts';

import { builder, pageSize } from '../../graphql/builder.ts';
import { RuleSetType } from '../../graphql/decision-types.ts';
import { DonorRefInput, donorTokenOf } from '../../graphql/donor-ref.ts';
import { FaultCodeType, PermitStandingType, ProcedureType } from '../../graphql/enums.ts';
import type { FieldEntry } from '../../graphql/field-entry.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';
import { cursorOf, permitPage } from './permit-page.ts';
import type { Permit } from './permit-view.ts';
import type { NotAvailable } from './permits.ts';

/** A permit with its entry in the record, which its receipt names. */
interface Answered extends Permit {
  readonly entry: FieldEntry;
}

const answered = (permit: Permit, entry: FieldEntry): Answered => ({ ...permit, entry });

const PermitType = builder.objectRef<Answered>('Permit').implement({
  description: "The donor's chair, taken by this station for one procedure: no other station can take it meanwhile.",
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The event that claimed it; `recordDonation` names it.' }),
    donor: t.expose('token', { type: 'DonorToken', description: 'The donor.' }),
    procedure: t.expose('procedure', { type: ProcedureType, description: 'What it allows.' }),
    grantedAt: t.field({
      type: 'DateTime',
      description: "When the log took the claim, by the log's clock.",
      resolve: ({ grantedAt }) => new Date(grantedAt),
    }),
    until: t.field({
      type: 'DateTime',
      description: "When it lapses by itself, by the log's clock.",
      resolve: ({ until }) => new Date(until),
    }),
    state: t.expose('state', { type: PermitStandingType, description: 'How it stands, as far as it is known here.' }),
    ruleSet: t.expose('ruleSet', { type: RuleSetType, description: 'The rules it was granted by.' }),
    receipt: t.string({
      description:
        'The same as a JWT (RFC 7519, EdDSA) of this station, which any member can verify later with the directory alone: `lookout receipt verify`.',
      resolve: (permit, _, { receipts }) => receipts.ofPermit(permit, permit.token, permit.entry.reference()),
    }),
  }),
});

const NotAvailableType = builder.objectRef<NotAvailable>('NotAvailable').implement({
  description: 'Nothing was decided and nothing is held: the federation could not be heard in time.',
  fields: (t) => {
    const sentenceOf = (code: FaultCode) => faults[code];
    return {
      code: t.expose('notAvailable', { type: FaultCodeType, description: 'What could not be heard.' }),
      message: t.string({
        description: 'What happened, in English.',
        resolve: ({ notAvailable }) => sentenceOf(notAvailable).en,
      }),
      messageZh: t.string({
        description: 'The same in Chinese.',
        resolve: ({ notAvailable }) => sentenceOf(notAvailable).zh,
      }),
      retryable: t.boolean({
        description: 'Whether the same request may succeed later.',
        resolve: ({ notAvailable }) => sentenceOf(notAvailable).retryable,
      }),
    };
  },
});

const RequestPermitResult = builder.unionType('RequestPermitResult', {
  description: 'The permit, why it was refused, or that nobody could tell.',
  types: [PermitType, RefusedType, NotAvailableType],
  resolveType: (value) => {
    if (isRefusal(value)) return 'Refused';
    return 'notAvailable' in value ? 'NotAvailable' : 'Permit';
  },
});

const ReleasePermitResult = builder.unionType('ReleasePermitResult', {
  description: 'The permit as it stands then, or why there is none to give back.',
  types: [PermitType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Permit'),
});

builder.mutationField('requestPermit', (t) =>
  t.field({
    type: RequestPermitResult,
    description:
      "Takes the donor's chair for one procedure, before the needle. Asked again while the permit is in force, answers the same one.",
    args: {
      donor: t.arg({ type: DonorRefInput, description: 'The donor.' }),
      procedure: t.arg({ type: ProcedureType, description: 'What is to be given.' }),
    },
    resolve: (entry, { donor, procedure }, context) =>
      orRefusal(async () => {
        const token = await donorTokenOf(donor, context, entry);
        const answer = await context.permits.request(context.caller, token, procedure, (counted) => {
          entry.count(counted);
        });
        return 'notAvailable' in answer ? answer : answered(answer, entry);
      }),
  }),
);

builder.mutationField('releasePermit', (t) =>
  t.field({
    type: ReleasePermitResult,
    description: 'Gives a chair back. Again, or when the permit is over, changes nothing.',
    args: { id: t.arg.id({ description: 'The permit.' }) },
    resolve: (entry, { id }, context) =>
      orRefusal(async () => {
        const permit = await context.permits.release(id);
        entry.about(permit.token);
        return answered(permit, entry);
      }),
  }),
);

builder.queryField('permits', (t) =>
  t.connection({
    type: PermitType,
    description: "This station's permits, the newest first, in force and past; at most 100 a page.",
    resolve: (entry, args, context) =>
      resolveCursorConnection({ args, ...pageSize, toCursor: cursorOf }, async (asked: ResolveCursorConnectionArgs) => {
        const permits = await permitPage(context, asked);
        entry.about(...permits.map(({ token }) => token));
        return permits.map((permit) => answered(permit, entry));
      }),
  }),
);
