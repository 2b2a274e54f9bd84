import { describe, expect, test } from 'vitest';

import { countedForItself, countedHolding, countedOf, suspendedNow } from '#node/domain/suspension.ts';
import type { DonorHolding } from '#schema/facts.ts';
import { memberOf } from '#test/support/directory.ts';
import { day, jiangsu, shanghai } from '#test/support/facts.ts';
import {
  anHour,
  barred,
  corrected,
  createHistory,
  draw,
  home,
  left,
  lifted,
  noon,
  recorded,
  someDonor,
} from '#test/support/history.ts';

const iso = (time: number) => new Date(time).toISOString();
const span = { since: iso(noon), until: iso(noon + anHour) };
const isSuspended = suspendedNow(() =>
  [shanghai, jiangsu].map((code) => memberOf(code, { suspensions: code === jiangsu ? [span] : [] })),
)();

/** What the log took before, while and after the station was suspended. */
const [before, during, after] = [noon - 1, noon, noon + anHour].map((appendedAt) => ({ appendedAt }));

const nothing: DonorHolding = { token: someDonor, donations: [], bars: [], registrations: [] };
const { procedure, volumeMl, outcome } = draw(noon);
const drawnOn = (collectedOn: string) => ({ procedure, volumeMl, outcome, collectedOn: day(collectedOn) });

test('what the log took from the beginning of a suspension until before its end does not count', () => {
  const { events, tell } = createHistory();
  for (const at of [before, during, { appendedAt: noon + anHour - 1 }, after]) tell(jiangsu, barred('2026-01-01'), at);
  expect(countedOf(events, isSuspended).map(({ offset }) => offset)).toEqual([0, 3]);
  expect(countedOf(events, null)).toBe(events);
});

describe('a station that was suspended', () => {
  const holdingOf = (own: Partial<DonorHolding>, { events }: Pick<ReturnType<typeof createHistory>, 'events'>) =>
    countedHolding({ ...nothing, ...own }, countedOf(events, isSuspended), jiangsu);

  test('holds a bar that it lifted under suspension, beside what its tables say', () => {
    const history = createHistory();
    const bar = history.tell(jiangsu, barred('2026-01-01'), before);
    history.tell(jiangsu, lifted(bar, '2026-11-21'), during);
    const own = { since: day('2026-01-01'), until: day('2026-11-21') };
    expect(holdingOf({ bars: [own] }, history).bars).toEqual([own, { ...own, until: null }]);
    history.tell(jiangsu, lifted(bar, '2026-11-22'), after);
    expect(holdingOf({ bars: [own] }, history).bars).toEqual([own, { ...own, until: '2026-11-22' }]);
  });

  test('holds a donation as it was and as it was corrected under suspension, and one it made then', () => {
    const history = createHistory();
    const told = history.tell(jiangsu, recorded(draw('2026-11-01T04:00:00Z')), before);
    history.tell(jiangsu, corrected(told, null), during);
    history.tell(jiangsu, recorded(draw('2026-11-21T04:00:00Z')), during);
    const own = [drawnOn('2026-11-21')];
    expect(holdingOf({ donations: own }, history).donations).toEqual([...own, drawnOn('2026-11-01')]);
  });

  test('has at home whom its tables and the log both say so of, and for others whom either does', () => {
    const history = createHistory();
    const first = history.tell(jiangsu, home('2026-01-01'), before);
    history.tell(jiangsu, left(first, '2026-11-21'), during);
    history.tell(jiangsu, home('2026-11-21'), during);
    const own = [
      { since: day('2026-01-01'), until: day('2026-11-21') },
      { since: day('2026-11-21'), until: null },
    ];
    const counted = countedOf(history.events, isSuspended);
    expect(countedForItself({ ...nothing, registrations: own }, counted, jiangsu).registrations).toEqual([own[0]]);
    expect(holdingOf({ registrations: own }, history).registrations).toEqual([
      ...own,
      { since: '2026-01-01', until: null },
    ]);
  });

  test('holds everything once, and nothing of others', () => {
    const history = createHistory();
    history.tell(jiangsu, recorded(draw('2026-11-01T04:00:00Z')), before);
    history.tell(jiangsu, barred('2026-01-01'), before);
    history.tell(shanghai, barred('2026-02-01'), before);
    const own = { donations: [drawnOn('2026-11-01')], bars: [{ since: day('2026-01-01'), until: null }] };
    expect(holdingOf(own, history)).toEqual({ ...nothing, ...own });
  });
});
