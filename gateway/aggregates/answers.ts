/** What regulators are answered: a table of figures, or a refusal that says what may be asked instead. */
import type { AggregateTable } from '#schema/aggregate-table.ts';
import { refusals } from '#schema/codes.ts';
import type { RefusalCode, Sentence } from '#schema/codes.ts';

/** A refusal as a value; GraphQL takes a returned error for a failure. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly messageZh: string;
}

export type AggregateAnswer = AggregateTable | Refusal;

/** @param instead what may be asked instead, after the sentence of the code. */
export function refuse(code: RefusalCode, instead?: Sentence): Refusal {
  const { zh, en } = refusals[code];
  if (instead === undefined) return { code, message: en, messageZh: zh };
  return { code, message: `${en} ${instead.en}`, messageZh: `${zh}${instead.zh}` };
}

export const isRefusal = (answer: object): answer is Refusal => 'messageZh' in answer;
