/**
 * What a regulator can ask for. A measure is a class of a count family with its name and definition; a new one is one
 * declaration here.
 */
import { z } from 'zod';

import type { CountFamily } from './count-families.ts';

/** One measure. */
export interface MeasureShape {
  readonly family: CountFamily;
  /** The class it is about; `ALL` for the whole family. */
  readonly of: string;
  /** Whether it may be shown by the parts of its class. */
  readonly splits: boolean;
  readonly zh: string;
  readonly en: string;
  /** What counts, from which records. */
  readonly definitionZh: string;
  readonly definitionEn: string;
}

const check = { family: 'CHECKS', splits: false } as const;

export const measures = {
  DONATIONS: {
    ...{ family: 'DONATIONS', of: 'ALL', splits: true, zh: '献血人次', en: 'Donations' },
    definitionZh: '采出血液（含部分采集）的献血人次，按采集日期计入，来自各站点的献血记录。未采出的不计。',
    definitionEn:
      'Draws that took something, complete or in part, by the day of the draw, from the donation records of the stations. Draws of nothing do not count.',
  },
  PLASMA_SESSIONS: {
    ...{ family: 'DONATIONS', of: 'SOURCE_PLASMA', splits: false, zh: '单采血浆人次', en: 'Plasma sessions' },
    definitionZh: '单采血浆站采集原料血浆的人次，为献血人次的一部分。',
    definitionEn: 'Draws of source plasma at plasma stations; part of the donations.',
  },
  DONORS: {
    ...{ family: 'DONORS', of: 'ALL', splits: false, zh: '献血者人数', en: 'Donors' },
    definitionZh: '期间内至少献血一次的人数，每站每人计一次；在两个站点献血的人在两处各计一次，故合计为各站之和。',
    definitionEn:
      'People who gave at least once in the period, each once a station; who gave at two stations counts at both, so that a total is the sum over stations. Months do not add up to a year.',
  },
  CHECKS: {
    ...{ family: 'CHECKS', of: 'ALL', splits: true, zh: '资格查询次数', en: 'Eligibility checks' },
    definitionZh: '站点在采血前查询献血资格并得到结论的次数，按查询日期计入，来自各站点的审计记录。',
    definitionEn:
      'Eligibility checks that were answered with a verdict, by the day asked, from the record of each station.',
  },
  VERDICTS_ELIGIBLE: {
    ...{ ...check, of: 'ELIGIBLE', zh: '结论：可献', en: 'Verdict: eligible' },
    definitionZh: '结论为可献的查询次数。',
    definitionEn: 'Checks answered ELIGIBLE.',
  },
  VERDICTS_DEFERRED: {
    ...{ ...check, of: 'DEFERRED', splits: true, zh: '结论：间隔期内', en: 'Verdict: deferred' },
    definitionZh: '结论为间隔期内的查询次数，可按间隔依据的记录来源区分。',
    definitionEn: 'Checks answered DEFERRED, and by whose records.',
  },
  VERDICTS_REFER: {
    ...{ ...check, of: 'REFER', zh: '结论：转医师', en: 'Verdict: refer' },
    definitionZh: '结论为转医师的查询次数，不区分原因。',
    definitionEn: 'Checks answered REFER, whatever the cause.',
  },
  VERDICTS_INDETERMINATE: {
    ...{ ...check, of: 'INDETERMINATE', zh: '结论：无法判定', en: 'Verdict: indeterminate' },
    definitionZh: '因信息不全而无法判定的查询次数。',
    definitionEn: 'Checks answered INDETERMINATE, since something was missing.',
  },
  CROSS_STATION_DEFERRALS: {
    ...{ ...check, of: 'DEFERRED_ELSEWHERE', splits: true, zh: '跨站间隔期屏蔽', en: 'Cross-station deferrals' },
    definitionZh: '仅凭本站记录本可献、因其他站点记录而判为间隔期内的查询次数。',
    definitionEn: 'Checks answered DEFERRED though the records of the asking station alone would have said eligible.',
  },
  CROSS_PROVINCE_DEFERRALS: {
    ...{ ...check, of: 'DEFERRED_OTHER_PROVINCE', zh: '跨省间隔期屏蔽', en: 'Cross-province deferrals' },
    definitionZh: '仅凭本省各站点记录本可献、因外省站点记录而判为间隔期内的查询次数。',
    definitionEn:
      'Checks answered DEFERRED though the records of all stations of the province would have said eligible.',
  },
  LOOKOUT_HITS: {
    ...{ family: 'LOOKOUT_HITS', of: 'ALL', splits: true, zh: '屏蔽名单命中', en: 'Lookout hits' },
    definitionZh: '查询时命中屏蔽名单的次数，按名单记录所在站点区分，不含项目。',
    definitionEn: 'Checks that met a bar of a lookout list, and where the nearest one is from. No marker.',
  },
  LOOKOUTS_LISTED: {
    ...{ family: 'LOOKOUTS_LISTED', of: 'ALL', splits: true, zh: '列入屏蔽名单', en: 'Lookouts listed' },
    definitionZh: '确认阳性并列入屏蔽名单的人次，按确认日期计入，可按项目区分，仅按省与年度发布。',
    definitionEn:
      'Confirmed results that were put on a lookout list, by the day confirmed, by marker, for provinces and years only.',
  },
  LOOKOUTS_LIFTED: {
    ...{ family: 'LOOKOUTS_LIFTED', of: 'ALL', splits: true, zh: '解除屏蔽', en: 'Lookouts lifted' },
    definitionZh: '解除屏蔽的人次，按解除日期计入，可按项目区分，仅按省与年度发布。',
    definitionEn: 'Lookouts that were lifted, by the day lifted, by marker, for provinces and years only.',
  },
  CROSS_DONATION_ATTEMPTS: {
    ...{
      family: 'CROSS_DONATION_ATTEMPTS',
      of: 'ALL',
      splits: false,
      zh: '跨站献浆拦截',
      en: 'Cross-donation attempts',
    },
    definitionZh: '献浆查询或许可申请时，献浆者在其他浆站有登记或正在采集的次数。',
    definitionEn: 'Checks and claims for source plasma of a donor who has a home or a chair at another station.',
  },
  PERMITS_GRANTED: {
    ...{ family: 'PERMITS', of: 'GRANTED', splits: false, zh: '发放采集许可', en: 'Permits granted' },
    definitionZh: '已发放的采集许可数，按申请日期计入。',
    definitionEn: 'Permits that were granted, by the day asked.',
  },
  PERMITS_REFUSED: {
    ...{ family: 'PERMITS', of: 'REFUSED', splits: false, zh: '拒绝采集许可', en: 'Permits refused' },
    definitionZh: '被规则或其他采集位拒绝的采集许可申请数，按申请日期计入。',
    definitionEn: 'Permits that a rule or another chair stood in the way of, by the day asked.',
  },
  CONFLICTS: {
    ...{ family: 'CONFLICTS', of: 'ALL', splits: false, zh: '事后冲突', en: 'Conflicts' },
    definitionZh: '事后发现违反规则的事件数，每起计一次，计入所涉站点中代码最小者；结账前因更正而撤销的不计。',
    definitionEn:
      'Facts that together show that a rule was broken, found afterwards; each once, at the first station concerned by code. One that a correction took back before the books were closed does not count.',
  },
  LATE_UPLOADS: {
    ...{ family: 'LATE_UPLOADS', of: 'ALL', splits: false, zh: '迟报献血记录', en: 'Late uploads' },
    definitionZh:
      '采集后超过24小时、当月结账前录入的献血记录数，按采集日期计入。未采出的、以及站点首次导入及之前录入的历史数据不计。',
    definitionEn:
      'Donations written down more than 24 hours after the draw and before the books of its month were closed, by the day of the draw. Draws of nothing, and what a station had written down up to its first import, do not count.',
  },
} as const satisfies Record<string, MeasureShape>;

export const Measure = z.enum(Object.keys(measures) as [keyof typeof measures]);
export type Measure = keyof typeof measures;
