/** The question of the page, as it stands in its address. */
import { AggregateInput } from '#schema/aggregates.ts';

const names = ['measure', 'area', 'province', 'kind', 'period', 'from', 'to', 'split'] as const;

/** The question in an address; null when there is none, or none that can be asked. */
export function questionIn(search: URLSearchParams): AggregateInput | null {
  const text = (name: (typeof names)[number]) => search.get(name) ?? undefined;
  const year = (name: 'from' | 'to') => Number(search.get(name) ?? Number.NaN);
  const [measure, area, period] = [text('measure'), text('area'), text('period')];
  const [province, kind] = [text('province'), text('kind')];
  return (
    AggregateInput.safeParse({
      ...{ measure, area, period, from: year('from'), to: year('to') },
      ...(province !== undefined && { province }),
      ...(kind !== undefined && { kind }),
      split: search.get('split') === 'true',
    }).data ?? null
  );
}

/** An address with this question in the place of the one it has; what else is in it stays. */
export function withQuestion(search: URLSearchParams, question: AggregateInput): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const name of names) {
    const value = question[name];
    if (value === undefined || value === false) next.delete(name);
    else next.set(name, String(value));
  }
  return next;
}
