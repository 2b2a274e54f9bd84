/**
 * What every station counts of itself, and how finely it may ever be shown. A family is one table: stations by periods by one
 * classification. All that regulators are shown of a family is cells and sums of this one table, so that what is left out of it
 * (suppressed) is decided once, for all questions together. No two families share a count that one could be taken from the other.
 */
import { z } from 'zod';

import type { PeriodLevel } from './periods.ts';
import { Marker, Procedure } from './procedures.ts';

/** A class of a classification, with the classes it falls into; those without are what is counted. */
export interface CountClass {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly parts?: readonly CountClass[];
}

/** How finely a family is shown. */
export interface CountFamilyShape {
  /** The finest area: a station, or a province when no station is to be read. */
  readonly area: 'STATION' | 'PROVINCE';
  /** The finest period, in which stations count. */
  readonly period: PeriodLevel;
  /** Whether the count of a longer period is the sum over its parts. Donors are not: who gave in March and in May is one donor of the year. */
  readonly adds: boolean;
  /** Counts from 1 to below this are not shown: 5 for what stations do, 11 for what is about infections. */
  readonly threshold: number;
  /** A sum is not shown when one station makes up this share of it or more; null where stations are shown anyway. */
  readonly dominance: number | null;
  /** The root of the classification. Without parts, the family has none. */
  readonly classes: CountClass;
}

const all: CountClass = { code: 'ALL', zh: '合计', en: 'All' };

const procedures: Readonly<Record<Procedure, { zh: string; en: string }>> = {
  WHOLE_BLOOD: { zh: '全血', en: 'Whole blood' },
  PLATELETS: { zh: '单采血小板', en: 'Platelets' },
  APHERESIS_PLASMA: { zh: '单采血浆（临床）', en: 'Apheresis plasma' },
  DOUBLE_RED_CELLS: { zh: '双份红细胞', en: 'Double red cells' },
  GRANULOCYTES: { zh: '单采粒细胞', en: 'Granulocytes' },
  SOURCE_PLASMA: { zh: '原料血浆', en: 'Source plasma' },
};
const markers: Readonly<Record<Marker, { zh: string; en: string }>> = {
  HIV: { zh: '艾滋病病毒', en: 'HIV' },
  HBV: { zh: '乙型肝炎病毒', en: 'Hepatitis B virus' },
  HCV: { zh: '丙型肝炎病毒', en: 'Hepatitis C virus' },
  SYPHILIS: { zh: '梅毒螺旋体', en: 'Syphilis' },
  HTLV: { zh: '人类嗜T淋巴细胞病毒', en: 'HTLV' },
};
const byProcedure: CountClass = { ...all, parts: Procedure.options.map((code) => ({ code, ...procedures[code] })) };
const byMarker: CountClass = { ...all, parts: Marker.options.map((code) => ({ code, ...markers[code] })) };

/** Where the record comes from that stood in the way. */
const otherPlaces = (of: string): readonly CountClass[] => [
  { code: `${of}_SAME_PROVINCE`, zh: '本省其他站点记录', en: 'by another station of the province' },
  { code: `${of}_OTHER_PROVINCE`, zh: '外省站点记录', en: 'by a station of another province' },
];

const activity = { area: 'STATION', period: 'MONTH', adds: true, threshold: 5, dominance: null } as const;
const infection = { area: 'PROVINCE', adds: true, threshold: 11, dominance: 0.9 } as const;

/** Every family. `CountFamily` names them. */
export const countFamilies = {
  /** Draws that took something, by the day of the draw. */
  DONATIONS: { ...activity, classes: byProcedure },
  /** Donors who gave, each once a period and station: counted for months, quarters and years each by itself. */
  DONORS: { ...activity, adds: false, classes: all },
  /** Eligibility checks at a desk or by a station's system, by the day they were asked and what was answered. */
  CHECKS: {
    ...activity,
    classes: {
      ...all,
      parts: [
        { code: 'ELIGIBLE', zh: '可献', en: 'Eligible' },
        {
          code: 'DEFERRED',
          zh: '间隔期内',
          en: 'Deferred',
          parts: [
            { code: 'DEFERRED_OWN', zh: '本站记录', en: 'by own records' },
            {
              code: 'DEFERRED_ELSEWHERE',
              zh: '仅凭其他站点记录',
              en: 'only by records elsewhere',
              parts: otherPlaces('DEFERRED'),
            },
          ],
        },
        { code: 'REFER', zh: '转医师', en: 'Referred' },
        { code: 'INDETERMINATE', zh: '无法判定', en: 'Indeterminate' },
      ],
    },
  },
  /** Checks that met a bar of the lookout list, by where the nearest one is from: own, same province, other province. */
  LOOKOUT_HITS: {
    ...infection,
    period: 'QUARTER',
    classes: { ...all, parts: [{ code: 'HIT_OWN', zh: '本站记录', en: 'by own records' }, ...otherPlaces('HIT')] },
  },
  /** Lookouts by the day confirmed. */
  LOOKOUTS_LISTED: { ...infection, period: 'YEAR', classes: byMarker },
  /** Lookouts by the day lifted. */
  LOOKOUTS_LIFTED: { ...infection, period: 'YEAR', classes: byMarker },
  /** Checks and claims for source plasma that met a home or a chair of the donor at another station. */
  CROSS_DONATION_ATTEMPTS: { ...activity, classes: all },
  /** Permits asked for, by what became of it. */
  PERMITS: {
    ...activity,
    classes: {
      ...all,
      parts: [
        { code: 'GRANTED', zh: '已发放', en: 'Granted' },
        { code: 'REFUSED', zh: '被拒绝', en: 'Refused' },
      ],
    },
  },
  /** Conflicts that were not withdrawn, by the day they were found; each once, at the first of the stations it concerns by code. */
  CONFLICTS: { ...activity, classes: all },
  /** Donations written down more than 24 hours after the draw, by the day of the draw; but for a station's first import and what was there before it. */
  LATE_UPLOADS: { ...activity, classes: all },
} as const satisfies Record<string, CountFamilyShape>;

export const CountFamily = z.enum(Object.keys(countFamilies) as [keyof typeof countFamilies]);
export type CountFamily = keyof typeof countFamilies;

/** What something counts as: a family, and the class of it that has no parts. */
export interface Counted {
  readonly family: CountFamily;
  readonly class: string;
}

/** The classes of a classification that are counted, in its order: those without parts. */
export function countedClasses({ code, parts }: CountClass): readonly string[] {
  return parts === undefined ? [code] : parts.flatMap(countedClasses);
}
