/** What every answer about a donor is made of, whichever module gives it: grounds, rules, coverage. */
import type { Coverage, StationCoverage } from '#schema/coverage.ts';
import type { Ground, RuleSetReference } from '#schema/decision.ts';

import { builder } from './builder.ts';
import { CoverageStateType, FaultCodeType, GroundCodeType, StandingType } from './enums.ts';

export const GroundType = builder.objectRef<Ground>('Ground').implement({
  description: 'One reason for a verdict, with the rule it comes from.',
  fields: (t) => ({
    code: t.expose('code', { type: GroundCodeType, description: 'The kind of reason.' }),
    rule: t.exposeString('rule', {
      nullable: true,
      description: 'The rule in the rule set, such as `WHOLE_BLOOD>PLATELETS`.',
    }),
    clause: t.exposeString('clause', { nullable: true, description: 'Where the rule is written.' }),
    standing: t.expose('standing', {
      type: StandingType,
      nullable: true,
      description: "Where the rule's force comes from.",
    }),
    until: t.expose('until', {
      type: 'Date',
      nullable: true,
      description: 'The first day it no longer stands in the way.',
    }),
  }),
});

const StationCoverageType = builder.objectRef<StationCoverage>('StationCoverage').implement({
  description: "One station's part in an answer.",
  fields: (t) => ({
    station: t.expose('station', { type: 'StationCode', description: 'The station.' }),
    state: t.expose('state', { type: CoverageStateType, description: 'Whether it was heard.' }),
    fault: t.expose('fault', { type: FaultCodeType, nullable: true, description: 'Why it is missing.' }),
    asOf: t.expose('asOf', {
      type: 'DateTime',
      nullable: true,
      description: 'The instant up to which what it said is complete.',
    }),
  }),
});

export const CoverageType = builder.objectRef<Coverage>('Coverage').implement({
  description: 'What an answer rests on: the asking station and every other active member once.',
  fields: (t) => ({
    complete: t.exposeBoolean('complete', { description: 'Whether every active member was heard.' }),
    stations: t.expose('stations', { type: [StationCoverageType], description: 'Each station once.' }),
  }),
});

export const RuleSetType = builder.objectRef<RuleSetReference>('RuleSetReference').implement({
  description: 'The rules that were applied.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'The id of the rule set, such as `CN-2012`.' }),
    hash: t.exposeString('hash', { description: 'SHA-256 of its canonical content, hexadecimal.' }),
  }),
});
