/** What regulators are answered: a table of figures, or a refusal that says what may be asked instead. */
import type { AggregateInput, Figure } from '#schema/aggregates.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { refusals } from '#schema/codes.ts';
import type { RefusalCode, Sentence } from '#schema/codes.ts';
import type { ProvinceCode, StationCode } from '#schema/ids.ts';

import type { MeasureDefinition } from './definitions.ts';

/** A station's part in a table. */
export interface StationPart {
  readonly station: StationCode;
  readonly province: ProvinceCode;
  readonly nameZh: string;
  readonly nameEn: string;
  /** Whether its counts are in for every closed period asked about. */
  readonly heard: boolean;
  /** The code of the fault that kept it from answering; null when it was heard. */
  readonly fault: string | null;
  readonly closedUntil: CivilDate | null;
  readonly heardAt: string | null;
}

export interface AggregateTable {
  readonly measure: MeasureDefinition;
  readonly asked: AggregateInput;
  readonly figures: readonly Figure[];
  readonly stations: readonly StationPart[];
  readonly complete: boolean;
  readonly suppressed: number;
  readonly closedUntil: CivilDate;
  readonly madeAt: string;
}

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

export const isRefusal = (answer: AggregateAnswer): answer is Refusal => 'messageZh' in answer;
