import { describe, expect, test } from 'vitest';

import { findConflicts } from '#node/domain/conflict.ts';
import type { HistoryEvent } from '#node/domain/history.ts';
import type { StationCode } from '#schema/ids.ts';
import { jiangsu, otherPlasmaStation, plasmaStation, shanghai } from '#test/support/facts.ts';
import {
  aDay,
  anHour,
  barred,
  china,
  claimed,
  corrected,
  createHistory,
  draw,
  eventId,
  home,
  left,
  lifted,
  noon,
  recorded,
  released,
  someDonor,
} from '#test/support/history.ts';

const found = (events: readonly HistoryEvent[], station: StationCode) =>
  findConflicts(someDonor, events, china, station);
const kinds = (events: readonly HistoryEvent[], station: StationCode) =>
  found(events, station)
    .map(({ kind, rule }) => (rule === null ? kind : `${kind} ${rule}`))
    .sort();

describe('two donations too close', () => {
  test('are a conflict of both stations, with one id, and of nobody else', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw(noon - 10 * aDay)));
    tell(shanghai, recorded(draw(noon)));
    const [here, there] = [found(events, shanghai), found(events, jiangsu)];
    expect(here).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
        kind: 'INTERVAL',
        token: someDonor,
        stations: [shanghai, jiangsu],
        events: [eventId(0), eventId(1)],
        rule: 'WHOLE_BLOOD>WHOLE_BLOOD',
        shownAt: noon,
      },
    ]);
    expect(there).toEqual(here);
    expect(found(events, plasmaStation)).toEqual([]);
  });

  test('are one conflict each, with an id of its own, though a station repeats ids of another and its own', () => {
    const { tell, events } = createHistory();
    const id = tell(jiangsu, recorded(draw(noon - 10 * aDay)));
    tell(plasmaStation, recorded(draw(noon - 9 * aDay)), { id });
    tell(plasmaStation, recorded(draw(noon - 8 * aDay, { volumeMl: 200 })), { id });
    tell(shanghai, recorded(draw(noon)));
    const known = found(events, shanghai);
    expect(known.map(({ stations }) => stations.filter((station) => station !== shanghai))).toEqual(
      expect.arrayContaining([[jiangsu], [plasmaStation]]),
    );
    expect(new Set(known.map((conflict) => conflict.id)).size).toBe(known.length);
  });

  test('are found whichever of the two is told last, and in whatever order they are given', () => {
    const { tell, events } = createHistory();
    tell(shanghai, recorded(draw(noon)));
    tell(jiangsu, recorded(draw(noon - 10 * aDay)), { appendedAt: noon + aDay });
    expect(found(events, shanghai)).toMatchObject([{ kind: 'INTERVAL', shownAt: noon + aDay }]);
    expect(found(events.toReversed(), shanghai)).toEqual(found(events, shanghai));
  });

  test('are none where the interval is over, one gave no blood, or it is one donation told twice', () => {
    const over = createHistory();
    over.tell(jiangsu, recorded(draw('2026-05-20T04:00:00Z')));
    over.tell(shanghai, recorded(draw(noon)));
    const empty = createHistory();
    empty.tell(jiangsu, recorded(draw(noon - aDay, { outcome: 'NO_BLOOD' })));
    empty.tell(shanghai, recorded(draw(noon)));
    const twice = createHistory();
    twice.tell(shanghai, recorded(draw(noon)));
    twice.tell(shanghai, recorded(draw(noon)));
    for (const { events } of [over, empty, twice]) expect(kinds(events, shanghai)).toEqual([]);
  });

  test('are one no more when a correction says that one of them was none, and are one when it says so', () => {
    const { tell, events } = createHistory();
    tell(shanghai, recorded(draw(noon)));
    const other = tell(jiangsu, recorded(draw('2026-01-02T01:00:00Z')));
    expect(kinds(events, shanghai)).toEqual([]);
    tell(jiangsu, corrected(other, draw(noon - aDay)), { appendedAt: noon + anHour });
    expect(found(events, shanghai)).toMatchObject([{ events: [eventId(0), eventId(1)], shownAt: noon + anHour }]);
    tell(jiangsu, corrected(other, null));
    expect(kinds(events, shanghai)).toEqual([]);
  });

  test('long past when they are shown are nobody’s work any more', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw(noon - 60 * aDay)));
    tell(shanghai, recorded(draw(noon - 50 * aDay)));
    expect(kinds(events, shanghai)).toEqual([]);
  });

  test('stay a conflict however much is told of the donor later', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw(noon - 10 * aDay)));
    tell(shanghai, recorded(draw(noon)));
    tell(jiangsu, barred('2027-11-01'), { appendedAt: noon + 400 * aDay });
    expect(kinds(events, shanghai)).toEqual(['INTERVAL WHOLE_BLOOD>WHOLE_BLOOD']);
  });
});

describe('a cap', () => {
  const plasmaOf = (count: number, events = createHistory()) => {
    for (let number = 0; number < count; number += 1) {
      const at = noon - (count - 1 - number) * 14 * aDay;
      events.tell(
        number % 2 === 0 ? plasmaStation : otherPlasmaStation,
        recorded(draw(at, { procedure: 'SOURCE_PLASMA' })),
      );
    }
    return events.events;
  };

  test('is broken by the 25th of its window, and the 24 before it show it', () => {
    const [conflict, ...more] = found(plasmaOf(25), plasmaStation);
    expect(more).toEqual([]);
    expect(conflict).toMatchObject({ kind: 'CAP', stations: [plasmaStation, otherPlasmaStation] });
    expect(conflict?.events).toHaveLength(25);
  });

  test('is not broken by the 24th', () => {
    expect(kinds(plasmaOf(24), plasmaStation)).toEqual([]);
  });
});

describe('a bar', () => {
  test('that comes late is a conflict of who set it and of every station that drew on its days', () => {
    const { tell, events } = createHistory();
    tell(shanghai, recorded(draw(noon - 300 * aDay)));
    tell(plasmaStation, recorded(draw(noon - 3 * aDay, { procedure: 'SOURCE_PLASMA' })));
    tell(jiangsu, barred('2025-06-01'), { appendedAt: noon + aDay });
    expect(found(events, shanghai)).toMatchObject([{ kind: 'BARRED', stations: [shanghai, jiangsu] }]);
    expect(found(events, plasmaStation)).toMatchObject([{ kind: 'BARRED', stations: [jiangsu, plasmaStation] }]);
    expect(kinds(events, jiangsu)).toEqual(['BARRED', 'BARRED']);
  });

  test('is none for a donation before its first day or from the day it was lifted', () => {
    const { tell, events } = createHistory();
    const bar = tell(jiangsu, barred('2026-03-01'));
    tell(jiangsu, lifted(bar, '2026-05-01'));
    tell(shanghai, recorded(draw('2026-02-28T01:00:00Z')));
    tell(shanghai, recorded(draw('2026-05-01T01:00:00Z', { procedure: 'PLATELETS' })));
    expect(kinds(events, shanghai).filter((kind) => kind === 'BARRED')).toEqual([]);
  });
});

describe('two homes', () => {
  test('are a conflict of both plasma stations while they share a day', () => {
    const { tell, events } = createHistory();
    tell(plasmaStation, home('2020-01-01'));
    const other = tell(otherPlasmaStation, home('2026-11-01'));
    expect(kinds(events, plasmaStation)).toEqual(['TWO_HOMES']);
    expect(kinds(events, otherPlasmaStation)).toEqual(['TWO_HOMES']);
    tell(otherPlasmaStation, left(other, '2026-11-01'));
    expect(kinds(events, plasmaStation)).toEqual([]);
  });

  test('one after the other are none', () => {
    const { tell, events } = createHistory();
    tell(plasmaStation, left(tell(plasmaStation, home('2020-01-01')), '2026-11-01'));
    tell(otherPlasmaStation, home('2026-11-01'));
    expect(kinds(events, plasmaStation)).toEqual([]);
  });
});

describe('a permit of another station', () => {
  test('makes a donation while it is in force a conflict of both, and not of its holder alone', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed(), { claim: 'GRANTED' });
    tell(shanghai, recorded(draw(noon + anHour)));
    expect(found(events, shanghai)).toMatchObject([{ kind: 'AGAINST_PERMIT', stations: [shanghai, jiangsu] }]);
    const own = createHistory();
    const held = own.tell(jiangsu, claimed(), { claim: 'GRANTED' });
    own.tell(jiangsu, recorded(draw(noon + anHour), held));
    expect(kinds(own.events, jiangsu)).toEqual([]);
  });

  test('makes none before it, after it was given back, or when it was never granted', () => {
    const { tell, events } = createHistory();
    const held = tell(jiangsu, claimed(), { claim: 'GRANTED' });
    tell(shanghai, claimed(), { claim: 'TAKEN' });
    tell(jiangsu, released(held), { appendedAt: noon + anHour });
    tell(shanghai, recorded(draw(noon + anHour)));
    tell(plasmaStation, recorded(draw(noon - 1, { procedure: 'SOURCE_PLASMA' })));
    expect([shanghai, plasmaStation, jiangsu].flatMap((station) => kinds(events, station))).not.toContain(
      'AGAINST_PERMIT',
    );
  });
});
