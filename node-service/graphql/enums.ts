/** The enumerations of the shared language, with what each value means. */
import { refusals, faults } from '#schema/codes.ts';
import type { FaultCode, RefusalCode } from '#schema/codes.ts';
import type { CountFamily } from '#schema/count-families.ts';
import type { GroundCode, Verdict } from '#schema/decision.ts';
import type { DocumentType } from '#schema/documents.ts';
import type { Marker, Outcome, Procedure } from '#schema/procedures.ts';
import type { Standing } from '#schema/rule-set.ts';

import type { ConflictState } from '../db/generated/prisma/client.ts';
import type { ConflictKind } from '../domain/conflict.ts';
import type { PermitStanding } from '../domain/permit.ts';
import type { ReleaseGroundCode, ReleaseVerdict } from '../domain/release.ts';
import { builder } from './builder.ts';

const described = <Value extends string>(values: Record<Value, string>): Record<Value, { description: string }> => {
  const entries = Object.entries<string>(values).map(([value, description]) => [value, { description }]);
  return Object.fromEntries(entries) as Record<Value, { description: string }>;
};

export const ProcedureType = builder.enumType('Procedure', {
  description: 'A collection procedure.',
  values: described<Procedure>({
    WHOLE_BLOOD: 'Whole blood, 200 to 400 ml.',
    PLATELETS: 'Platelets by apheresis.',
    APHERESIS_PLASMA: 'Plasma by apheresis at a blood station, for transfusion.',
    DOUBLE_RED_CELLS: 'Two units of red cells by apheresis.',
    GRANULOCYTES: 'Granulocytes by apheresis.',
    SOURCE_PLASMA: 'Plasma at a plasma station, for fractionation.',
  }),
});

export const OutcomeType = builder.enumType('Outcome', {
  description: 'How a draw ended.',
  values: described<Outcome>({
    COMPLETE: 'All that was intended was taken.',
    PARTIAL: 'Broken off after some was taken; counts like a complete one.',
    NO_BLOOD: 'Broken off before anything was taken; does not count.',
  }),
});

export const MarkerType = builder.enumType('Marker', {
  description: 'What a lookout was confirmed for. Never leaves the station.',
  values: described<Marker>({
    HIV: 'Human immunodeficiency virus.',
    HBV: 'Hepatitis B virus.',
    HCV: 'Hepatitis C virus.',
    SYPHILIS: 'Treponema pallidum.',
    HTLV: 'Human T-lymphotropic virus.',
  }),
});

export const VerdictType = builder.enumType('Verdict', {
  description: 'The answer to an eligibility question.',
  values: described<Verdict>({
    ELIGIBLE: 'Nothing stands in the way and every active member was heard.',
    DEFERRED: 'Not before `eligibleFrom`.',
    REFER: "See the station's physician. Looks the same whatever the cause.",
    INDETERMINATE:
      'Hold: nothing is known to stand in the way, but not every member was heard, or another station holds a permit.',
  }),
});

export const GroundCodeType = builder.enumType('GroundCode', {
  description: 'Why a verdict is what it is.',
  values: described<GroundCode>({
    INTERVAL: 'Too soon after an earlier donation.',
    COUNT_CAP: 'Too many donations in the window.',
    VOLUME_CAP: 'Too many millilitres in the window.',
    PHYSICIAN: 'A physician must be seen; no cause is given.',
    COVERAGE: 'A member was not heard.',
    PERMIT_ELSEWHERE: 'Another station holds a permit for this donor just now.',
  }),
});

export const PermitStandingType = builder.enumType('PermitStanding', {
  description: 'How a permit stands.',
  values: described<PermitStanding>({
    IN_FORCE: 'The chair is taken.',
    LAPSED: 'Nobody used it in its time.',
    RELEASED: 'It was given back.',
    COMPLETED: 'A donation was made under it.',
  }),
});

export const ConflictKindType = builder.enumType('ConflictKind', {
  description: 'What was broken.',
  values: described<ConflictKind>({
    INTERVAL: 'Two donations too close to each other.',
    CAP: 'Too many donations, or too much, in the window.',
    BARRED: 'A donation on a day a bar was in force.',
    TWO_HOMES: 'Registered at two plasma stations on one day.',
    AGAINST_PERMIT: "A donation while another station held the donor's permit.",
  }),
});

export const ConflictStateType = builder.enumType('ConflictState', {
  description: 'How a conflict stands.',
  values: described<ConflictState>({
    OPEN: 'Somebody has to look at it.',
    RESOLVED: 'Somebody has, and said why it is settled.',
    WITHDRAWN: 'A correction took its ground away.',
  }),
});

export const ReleaseVerdictType = builder.enumType('ReleaseVerdict', {
  description: 'Whether a unit may leave the station.',
  values: described<ReleaseVerdict>({
    CLEARED: 'Nothing stands in the way and every active member was heard.',
    HOLD: 'Something stands in the way.',
    INDETERMINATE: 'Hold: not every member was heard, and those that were know of nothing in the way.',
  }),
});

export const ReleaseGroundCodeType = builder.enumType('ReleaseGroundCode', {
  description: 'Why a unit is held.',
  values: described<ReleaseGroundCode>({
    BAR: 'The donor was barred on a day since the donation, that day included.',
    CONFLICT: 'A conflict on this donation is open.',
    NOT_ELIGIBLE: 'With what is known now the donation should not have been made.',
    NO_BLOOD: 'There is no unit.',
    COVERAGE: 'A member was not heard.',
  }),
});

export const StandingType = builder.enumType('Standing', {
  description: "Where a rule's force comes from.",
  values: described<Standing>({
    LAW: 'A law or regulation.',
    STANDARD: 'A standard.',
    NOTICE: 'A notice of the health authority.',
    PRACTICE: 'Established practice.',
    DRAFT: 'A draft, not in force.',
    HOUSE_DEFAULT: 'A default of this project where no rule was found; a physician must confirm it.',
  }),
});

export const DocumentTypeType = builder.enumType('DocumentType', {
  description: 'An identity document (WS 364.3).',
  values: described<DocumentType>({
    RESIDENT_ID: 'Resident identity card, residence permit or permanent-resident card (01).',
    PASSPORT: 'Passport (03).',
    HK_MACAO_PERMIT: 'Mainland travel permit of Hong Kong and Macao residents (06).',
    TAIWAN_PERMIT: 'Mainland travel permit of Taiwan residents (07).',
  }),
});

export const CoverageStateType = builder.enumType('CoverageState', {
  description: "A station's part in an answer.",
  values: described<'OWN' | 'REPLICATED' | 'LIVE' | 'MISSING'>({
    OWN: "The asking station's own records.",
    REPLICATED: "The asking station's copy of the donor log, complete for this station up to `asOf`.",
    LIVE: 'It answered just now.',
    MISSING:
      'Neither; `fault` says why. The asking station itself is while the directory gives no ground to rely on it.',
  }),
});

export const CountFamilyType = builder.enumType('CountFamily', {
  description: 'What stations count of themselves; each family is one table of stations, periods and classes.',
  values: described<CountFamily>({
    DONATIONS: 'Draws that took something, by procedure and the day of the draw.',
    DONORS: 'Donors who gave, each once a month, quarter or year and station.',
    CHECKS: 'Eligibility checks, by verdict and, where deferred, by whose records; by the day they were asked.',
    LOOKOUT_HITS: 'Checks that met a bar, by where the nearest one is from.',
    LOOKOUTS_LISTED: 'Lookouts by marker and the day confirmed.',
    LOOKOUTS_LIFTED: 'Lookouts by marker and the day lifted.',
    CROSS_DONATION_ATTEMPTS: 'Checks and claims for source plasma that met a home or a chair elsewhere.',
    PERMITS: 'Permits asked for, by what became of it.',
    CONFLICTS: 'Conflicts, each at the first of its stations, by the day they were found.',
    LATE_UPLOADS: 'Donations written down more than 24 hours after the draw, by the day of the draw.',
  }),
});

const sentences = <Code extends string>(codes: Record<Code, { readonly en: string }>): Record<Code, string> =>
  Object.fromEntries(Object.entries<{ en: string }>(codes).map(([code, { en }]) => [code, en])) as Record<Code, string>;

export const RefusalCodeType = builder.enumType('RefusalCode', {
  description: 'Why a request was refused.',
  values: described<RefusalCode>(sentences(refusals)),
});

export const FaultCodeType = builder.enumType('FaultCode', {
  description: 'What broke.',
  values: described<FaultCode>(sentences(faults)),
});
