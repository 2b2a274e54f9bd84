import { describe, expect, test } from 'vitest';

import { replicatedFacts, toldFacts } from '#node/domain/replicated.ts';
import { jiangsu, plasmaStation, shanghai } from '#test/support/facts.ts';
import {
  barred,
  corrected,
  createHistory,
  draw,
  eventId,
  home,
  left,
  lifted,
  parked,
  recorded,
} from '#test/support/history.ts';

const january = draw('2026-01-05T01:00:00Z');
const daysOf = (history: Parameters<typeof replicatedFacts>[0]): string[] =>
  replicatedFacts(history).facts.donations.map(({ collectedOn }) => collectedOn);

describe('a donation', () => {
  test('is a fact of its station, on its local day', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw('2026-01-05T16:30:00Z')));
    expect(replicatedFacts(events).facts.donations).toEqual([
      { station: jiangsu, procedure: 'WHOLE_BLOOD', collectedOn: '2026-01-06', volumeMl: 400, outcome: 'COMPLETE' },
    ]);
  });

  test('that is in the own tables is not told twice', () => {
    const { tell, events } = createHistory();
    tell(shanghai, recorded(january), { isOwn: true });
    expect(daysOf(events)).toEqual([]);
    expect(toldFacts(events).donations).toHaveLength(1);
  });

  test('counts as it was corrected, by the last correction in the order of the log', () => {
    const { tell, events } = createHistory();
    const id = tell(jiangsu, recorded(january));
    tell(jiangsu, corrected(id, draw('2026-02-05T01:00:00Z')));
    tell(jiangsu, corrected(id, draw('2026-03-05T01:00:00Z')));
    expect(daysOf(events)).toEqual(['2026-03-05']);
    expect(daysOf(events.toReversed())).toEqual(['2026-03-05']);
  });

  test('that was none is gone', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, corrected(tell(jiangsu, recorded(january)), null));
    expect(daysOf(events)).toEqual([]);
  });

  test('is not corrected by another station', () => {
    const { tell, events } = createHistory();
    tell(shanghai, corrected(tell(jiangsu, recorded(january)), null));
    expect(daysOf(events)).toEqual(['2026-01-05']);
  });

  test('is believed from its correction alone, as long as it was not heard itself', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, corrected(eventId(99), january));
    expect(daysOf(events)).toEqual(['2026-01-05']);
    // Nor does another station make it unheard by using its id.
    const noBlood = draw('2026-02-05T01:00:00Z', { outcome: 'NO_BLOOD' });
    tell(shanghai, recorded(noBlood), { id: eventId(99) });
    expect(daysOf(events)).toContain('2026-01-05');
    events.pop();
    tell(jiangsu, recorded(draw('2026-02-05T01:00:00Z')), { id: eventId(99) });
    expect(daysOf(events)).toEqual(['2026-01-05']);
  });
});

test('a bar ends when its own station lifts it, whichever of the two arrives first', () => {
  const { tell, events } = createHistory();
  const [one, other] = [tell(jiangsu, barred('2026-01-01')), tell(shanghai, barred('2026-02-01'))];
  tell(jiangsu, lifted(one, '2026-05-01'));
  tell(jiangsu, lifted(other, '2026-05-01'));
  for (const order of [events, events.toReversed()]) {
    expect(replicatedFacts(order).facts.bars).toEqual(
      expect.arrayContaining([
        { station: jiangsu, since: '2026-01-01', until: '2026-05-01' },
        { station: shanghai, since: '2026-02-01', until: null },
      ]),
    );
  }
});

test('a registration ends when it is released', () => {
  const { tell, events } = createHistory();
  tell(plasmaStation, left(tell(plasmaStation, home('2026-01-01')), '2026-06-01'));
  expect(replicatedFacts(events).facts.registrations).toEqual([
    { station: plasmaStation, since: '2026-01-01', until: '2026-06-01' },
  ]);
});

test('the origins of what is not understood are named, once each', () => {
  const { tell, events } = createHistory();
  tell(jiangsu, parked);
  tell(jiangsu, parked);
  tell(shanghai, parked, { isOwn: true });
  expect(replicatedFacts(events).unknownFrom).toEqual([jiangsu]);
});
