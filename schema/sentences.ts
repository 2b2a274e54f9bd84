/** A decision as a sentence to read out to the donor, in both languages. It never says why a physician must be seen. */
import type { Sentence } from './codes.ts';
import type { Decision } from './decision.ts';

function inChinese(day: string): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${year ?? ''}年${month ?? ''}月${date ?? ''}日`;
}

/** The sentence for a decision. */
export function readOut({
  verdict,
  eligibleFrom,
  coverage,
}: Pick<Decision, 'verdict' | 'eligibleFrom' | 'coverage'>): Sentence {
  const from = eligibleFrom ?? '';
  switch (verdict) {
    case 'ELIGIBLE':
      return { zh: '可以献血。', en: 'You may donate.' };
    case 'DEFERRED':
      return coverage.complete
        ? { zh: `请于${inChinese(from)}以后再来献血。`, en: `You may donate from ${from} on.` }
        : { zh: `至少到${inChinese(from)}以后才能献血。`, en: `You may not donate before ${from}; it may be later.` };
    case 'REFER':
      return { zh: '请先咨询本站医生。', en: "Please see the station's physician first." };
    case 'INDETERMINATE':
      return coverage.complete
        ? {
            zh: '您正在另一采集点办理献血，请稍候。',
            en: 'You are being seen at another station at the moment; please wait.',
          }
        : { zh: '目前无法确认，请稍候。', en: 'This cannot be confirmed at the moment; please wait.' };
  }
}
