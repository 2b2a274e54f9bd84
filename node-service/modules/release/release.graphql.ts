/** May this unit leave the station? */
import type { ReleaseDecision, ReleaseGround } from '../../domain/release.ts';
import { builder } from '../../graphql/builder.ts';
import { CoverageType, GroundType, RuleSetType } from '../../graphql/decision-types.ts';
import { ReleaseGroundCodeType, ReleaseVerdictType } from '../../graphql/enums.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';

const ReleaseGroundType = builder.objectRef<ReleaseGround>('ReleaseGround').implement({
  description: 'One reason why a unit is held.',
  fields: (t) => ({
    code: t.expose('code', { type: ReleaseGroundCodeType, description: 'The kind of reason.' }),
    conflict: t.exposeID('conflict', { nullable: true, description: 'The open conflict, where it is one.' }),
    ground: t.expose('ground', {
      type: GroundType,
      nullable: true,
      description: 'What stood in the way of the donation, where something did.',
    }),
  }),
});

const ReleaseDecisionType = builder.objectRef<ReleaseDecision>('ReleaseDecision').implement({
  description: 'Whether a unit may leave, and what that rests on.',
  fields: (t) => ({
    verdict: t.expose('verdict', { type: ReleaseVerdictType, description: 'The answer.' }),
    grounds: t.expose('grounds', { type: [ReleaseGroundType], description: 'Why; empty when cleared.' }),
    ruleSet: t.expose('ruleSet', { type: RuleSetType, description: 'The rules that were applied.' }),
    coverage: t.expose('coverage', { type: CoverageType, description: 'The stations it rests on.' }),
  }),
});

const ReleaseCheckResult = builder.unionType('ReleaseCheckResult', {
  description: 'A decision, or why none was made.',
  types: [ReleaseDecisionType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'ReleaseDecision'),
});

builder.queryField('releaseCheck', (t) =>
  t.field({
    type: ReleaseCheckResult,
    description: 'May the unit of this donation leave the station? Asks the whole question again.',
    args: { donationNo: t.arg.string({ description: 'The number the station gave the donation.' }) },
    resolve: (entry, { donationNo }, context) =>
      orRefusal(async () => {
        const { donor, ...decision } = await context.release.check(context.caller, donationNo);
        entry.about(donor);
        return decision;
      }),
  }),
);
