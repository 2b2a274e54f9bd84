/** The questions of a desk: may this donor give this, from which day, and the same for many donors at once. */
import { readOut } from '#schema/sentences.ts';
import type { Decision } from '#schema/decision.ts';
import type { DonorToken } from '#schema/ids.ts';

import { builder } from '../../graphql/builder.ts';
import { CoverageType, GroundType, RuleSetType } from '../../graphql/decision-types.ts';
import { DonorRefInput, donorTokenOf, donorTokensOf } from '../../graphql/donor-ref.ts';
import { ProcedureType, VerdictType } from '../../graphql/enums.ts';
import type { FieldEntry } from '../../graphql/field-entry.ts';
import { isRefusal, orRefusal, refusalOf, RefusedType } from '../../graphql/refused.ts';
import type { Schedule } from './eligibility.ts';

/** A decision with what its receipt names: whom it is about, and its entry in the record. */
interface Answered extends Decision {
  readonly donor: DonorToken;
  readonly entry: FieldEntry;
}

const answered = (decision: Decision, donor: DonorToken, entry: FieldEntry): Answered => ({
  ...decision,
  donor,
  entry,
});

const DecisionType = builder.objectRef<Answered>('Decision').implement({
  description: 'The answer to an eligibility question, and what it rests on.',
  fields: (t) => ({
    verdict: t.expose('verdict', { type: VerdictType, description: 'The answer.' }),
    procedure: t.expose('procedure', { type: ProcedureType, description: 'The procedure asked about.' }),
    on: t.expose('on', { type: 'Date', description: 'The day asked about.' }),
    eligibleFrom: t.expose('eligibleFrom', {
      type: 'Date',
      nullable: true,
      description:
        'First allowed day: the day asked about when eligible, a later one when deferred, null when nobody can say.',
    }),
    grounds: t.expose('grounds', { type: [GroundType], description: 'Why; empty when eligible.' }),
    ruleSet: t.expose('ruleSet', { type: RuleSetType, description: 'The rules that were applied.' }),
    coverage: t.expose('coverage', { type: CoverageType, description: 'The stations it rests on.' }),
    sentenceZh: t.string({
      description: 'A sentence to read out, Chinese.',
      resolve: (decision) => readOut(decision).zh,
    }),
    sentenceEn: t.string({
      description: 'A sentence to read out, English.',
      resolve: (decision) => readOut(decision).en,
    }),
    receipt: t.string({
      description:
        'The same as a JWT (RFC 7519, EdDSA) of this station, which any member can verify later with the directory alone: `lookout receipt verify`.',
      resolve: (decision, _, { receipts }) => receipts.ofDecision(decision, decision.donor, decision.entry.reference()),
    }),
  }),
});

const EligibilityResult = builder.unionType('EligibilityResult', {
  description: 'A decision, or why none was made.',
  types: [DecisionType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Decision'),
});

const ScheduleType = builder.objectRef<Schedule & { readonly decisions: readonly Answered[] }>('Schedule').implement({
  description: 'What a donor may give from which day.',
  fields: (t) => ({
    on: t.expose('on', { type: 'Date', description: 'The day asked about.' }),
    decisions: t.expose('decisions', {
      type: [DecisionType],
      description: 'One decision for each procedure this station offers.',
    }),
  }),
});

const ScheduleResult = builder.unionType('ScheduleResult', {
  description: 'A schedule, or why none was made.',
  types: [ScheduleType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'Schedule'),
});

builder.queryField('eligibility', (t) =>
  t.field({
    type: EligibilityResult,
    description: 'May this donor give this, here, on this day?',
    args: {
      donor: t.arg({ type: DonorRefInput, description: 'The donor.' }),
      procedure: t.arg({ type: ProcedureType, description: 'What is to be given.' }),
      on: t.arg({
        type: 'Date',
        required: false,
        description: 'The day, today when left out. Facts dated later do not count.',
      }),
    },
    resolve: (entry, { donor, procedure, on }, context) =>
      orRefusal(async () => {
        const token = await donorTokenOf(donor, context, entry);
        const decision = await context.eligibility.check(context.caller, token, procedure, on ?? null);
        entry.count(decision.counted);
        return answered(decision, token, entry);
      }),
  }),
);

builder.queryField('eligibilityBatch', (t) =>
  t.field({
    type: [EligibilityResult],
    description: 'The same question about up to 1,000 donors. Answers are in the order of the donors.',
    args: {
      donors: t.arg({ type: [DonorRefInput], description: 'The donors, at most 1,000.' }),
      procedure: t.arg({ type: ProcedureType, description: 'What is to be given.' }),
      on: t.arg({ type: 'Date', required: false, description: 'The day, today when left out.' }),
    },
    resolve: async (entry, { donors, procedure, on }, context) => {
      const tokens = await donorTokensOf(donors, context, entry);
      const asked = tokens.filter((token) => typeof token === 'string');
      const answer = await orRefusal(() => context.eligibility.checkMany(context.caller, asked, procedure, on ?? null));
      if (isRefusal(answer)) return donors.map(() => answer);
      for (const { counted } of answer) entry.count(counted);
      const decisions = answer.values();
      return tokens.flatMap((token) => {
        if (typeof token !== 'string') return refusalOf(token);
        const { value, done } = decisions.next();
        return done === true ? [] : answered(value, token, entry);
      });
    },
  }),
);

builder.queryField('schedule', (t) =>
  t.field({
    type: ScheduleResult,
    description: 'The first allowed day of every procedure this station offers.',
    args: {
      donor: t.arg({ type: DonorRefInput, description: 'The donor.' }),
      on: t.arg({ type: 'Date', required: false, description: 'The day, today when left out.' }),
    },
    resolve: (entry, { donor, on }, context) =>
      orRefusal(async () => {
        const token = await donorTokenOf(donor, context, entry);
        const schedule = await context.eligibility.schedule(context.caller, token, on ?? null);
        return { ...schedule, decisions: schedule.decisions.map((decision) => answered(decision, token, entry)) };
      }),
  }),
);
