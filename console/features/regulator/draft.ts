/** A question while it is put together: what is chosen and typed, kept to what the measure is shown for. */
import { AggregateInput } from '#schema/aggregates.ts';

import type { MeasureDefinition } from './table.ts';

/** Empty: all provinces, both kinds. Years as they are typed. */
export interface Draft {
  readonly measure: string;
  readonly area: string;
  readonly province: string;
  readonly kind: string;
  readonly period: string;
  readonly from: string;
  readonly to: string;
  readonly split: boolean;
}

/** @param year the year it is. */
export function draftOf(question: AggregateInput | null, year: number): Draft {
  return {
    measure: question?.measure ?? 'DONATIONS',
    area: question?.area ?? 'PROVINCE',
    province: question?.province ?? '',
    kind: question?.kind ?? '',
    period: question?.period ?? 'QUARTER',
    from: String(question?.from ?? year),
    to: String(question?.to ?? year),
    split: question?.split ?? false,
  };
}

const kept = <Level extends string>(wanted: string, offered: readonly Level[], otherwise: Level | undefined): string =>
  offered.some((level) => level === wanted) ? wanted : (otherwise ?? wanted);

/** The same, no finer than the measure is shown: areas are offered from the coarsest, periods from the finest. */
export function within(draft: Draft, { areas, periods, classes }: MeasureDefinition): Draft {
  return {
    ...draft,
    area: kept(draft.area, areas, areas.at(-1)),
    period: kept(draft.period, periods, periods[0]),
    split: draft.split && classes.length > 0,
  };
}

/** The question; null when the years are none that can be asked about. */
export function questionOf({ province, kind, from, to, ...rest }: Draft): AggregateInput | null {
  const asked = {
    ...rest,
    ...{ from: Number(from), to: Number(to) },
    ...(province !== '' && { province }),
    ...(kind !== '' && { kind }),
  };
  return AggregateInput.safeParse(asked).data ?? null;
}
