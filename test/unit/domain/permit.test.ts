import { describe, expect, test } from 'vitest';

import type { ClaimOutcome, ClaimOutcomes, HistoryEvent } from '#node/domain/history.ts';
import { isHeldElsewhere, judgeClaims, permitsAt, withOutcomes } from '#node/domain/permit.ts';
import { jiangsu, plasmaStation, shanghai } from '#test/support/facts.ts';
import {
  anHour,
  barred,
  china,
  claimed,
  corrected,
  createHistory,
  draw,
  eventId,
  home,
  noon,
  parked,
  recorded,
  released,
} from '#test/support/history.ts';

const findRuleSet = (id: string, hash: string) => (id === china.id && hash === china.hash ? china : undefined);
const judged = (events: readonly HistoryEvent[]): ClaimOutcomes => judgeClaims(events, findRuleSet);
const outcomesOf = (events: readonly HistoryEvent[]): ClaimOutcome[] => [...judged(events).values()];
const at = (hours: number) => ({ appendedAt: noon + hours * anHour });

describe('a claim', () => {
  test('of a free chair by a donor in whose way nothing stands is granted', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed());
    expect(outcomesOf(events)).toEqual(['GRANTED']);
  });

  test('after another is taken until that one lapses, to the millisecond', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed());
    tell(shanghai, claimed(), { appendedAt: noon + 4 * anHour - 1 });
    tell(shanghai, claimed(), { appendedAt: noon + 4 * anHour });
    expect(outcomesOf(events)).toEqual(['GRANTED', 'TAKEN', 'GRANTED']);
  });

  test('of the holder for another procedure is taken as well', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed());
    tell(jiangsu, claimed({ procedure: 'PLATELETS' }));
    expect(outcomesOf(events)).toEqual(['GRANTED', 'TAKEN']);
  });

  test('keeps what became of it though another station, or its own, repeats its id', () => {
    const { tell, events } = createHistory();
    const id = tell(jiangsu, claimed());
    tell(shanghai, claimed(), { id });
    tell(jiangsu, claimed(), { id });
    tell(shanghai, released(id));
    expect(outcomesOf(events)).toEqual(['GRANTED', 'TAKEN', 'TAKEN']);
    const known = withOutcomes(events, judged(events));
    expect(permitsAt(known, noon)).toMatchObject([{ id, station: jiangsu, state: 'IN_FORCE' }]);
  });

  test('after a release by the holder is granted; nobody else can release', () => {
    const { tell, events } = createHistory();
    const held = tell(jiangsu, claimed());
    tell(shanghai, released(held));
    tell(shanghai, claimed());
    tell(jiangsu, released(held));
    tell(shanghai, claimed());
    expect(outcomesOf(events)).toEqual(['GRANTED', 'TAKEN', 'GRANTED']);
  });

  test('after the donation under the permit meets the donation', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw(noon), tell(jiangsu, claimed())));
    tell(shanghai, claimed());
    expect(outcomesOf(events)).toEqual(['GRANTED', 'NOT_ELIGIBLE']);
  });

  test('after a draw without blood under the permit finds the chair free', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw(noon, { outcome: 'NO_BLOOD' }), tell(jiangsu, claimed())));
    tell(shanghai, claimed());
    expect(outcomesOf(events)).toEqual(['GRANTED', 'GRANTED']);
  });

  test('is void when the log took it too late, and stands in nobody’s way', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed({ notAfter: noon - 1 }));
    tell(shanghai, claimed({ notAfter: noon }));
    expect(outcomesOf(events)).toEqual(['VOID', 'GRANTED']);
  });

  test('is not granted against a bar, an interval or a missing registration that stands before it', () => {
    const bar = createHistory();
    bar.tell(jiangsu, barred('2026-11-21'));
    bar.tell(shanghai, claimed());
    const interval = createHistory();
    interval.tell(jiangsu, recorded(draw('2026-09-01T01:00:00Z')));
    interval.tell(shanghai, claimed());
    const homeless = createHistory();
    homeless.tell(plasmaStation, claimed({ procedure: 'SOURCE_PLASMA' }));
    homeless.tell(plasmaStation, home('2026-11-01'));
    homeless.tell(plasmaStation, claimed({ procedure: 'SOURCE_PLASMA' }));
    expect([bar, interval, homeless].map(({ events }) => outcomesOf(events))).toEqual([
      ['NOT_ELIGIBLE'],
      ['NOT_ELIGIBLE'],
      ['NOT_ELIGIBLE', 'GRANTED'],
    ]);
  });

  test('does not know of what stands after it', () => {
    const { tell, events } = createHistory();
    tell(shanghai, claimed());
    tell(jiangsu, barred('2026-11-21'));
    expect(outcomesOf(events)).toEqual(['GRANTED']);
  });

  test('sees a donation as it was corrected before, and not as it is corrected after', () => {
    const { tell, events } = createHistory();
    const donation = tell(jiangsu, recorded(draw('2026-09-01T01:00:00Z')));
    tell(shanghai, claimed());
    tell(jiangsu, corrected(donation, null));
    tell(shanghai, claimed());
    expect(outcomesOf(events)).toEqual(['NOT_ELIGIBLE', 'GRANTED']);
  });

  test('counts the local day of its append', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw('2026-05-22T01:00:00Z')));
    tell(shanghai, claimed(), { appendedAt: Date.parse('2026-11-21T15:59:59.999Z') });
    tell(shanghai, claimed(), { appendedAt: Date.parse('2026-11-21T16:00:00.000Z') });
    expect(outcomesOf(events)).toEqual(['NOT_ELIGIBLE', 'GRANTED']);
  });
});

describe('what is not understood', () => {
  test('a rule set with another content leaves a claim undecided, and those after it while it could be in force', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed({ ruleSet: { id: china.id, hash: '0'.repeat(64) } }));
    tell(shanghai, claimed(), at(1));
    tell(shanghai, claimed(), at(6));
    expect(outcomesOf(events)).toEqual(['UNDECIDED', 'UNDECIDED', 'GRANTED']);
  });

  test('an undecided claim that was released no longer matters', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, released(tell(jiangsu, claimed({ ruleSet: { id: 'NEW', hash: '0'.repeat(64) } }))));
    tell(shanghai, claimed());
    expect(outcomesOf(events)).toEqual(['UNDECIDED', 'GRANTED']);
  });

  test('a claim with an unknown rule set is taken where the chair is certainly taken', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed());
    tell(shanghai, claimed({ ruleSet: { id: 'NEW', hash: '0'.repeat(64) } }));
    expect(outcomesOf(events)).toEqual(['GRANTED', 'TAKEN']);
  });

  test('a parked event leaves every claim after it undecided: it may free a chair as well as take one', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed());
    tell(jiangsu, parked);
    tell(shanghai, claimed());
    expect(outcomesOf(events)).toEqual(['GRANTED', 'UNDECIDED']);
  });
});

describe('a permit', () => {
  const stateAt = (events: readonly HistoryEvent[], logTime: number) =>
    permitsAt(withOutcomes(events, judged(events)), logTime).map(({ state, endsAt }) => [
      state,
      (endsAt - noon) / anHour,
    ]);

  test('is in force, then lapses', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed());
    expect(stateAt(events, noon - 1)).toEqual([]);
    expect(stateAt(events, noon)).toEqual([['IN_FORCE', 4]]);
    expect(stateAt(events, noon + 4 * anHour)).toEqual([['LAPSED', 4]]);
  });

  test('is released or completed from then on', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, released(tell(jiangsu, claimed())), at(1));
    tell(jiangsu, recorded(draw(noon), tell(jiangsu, claimed(), at(2))), at(3));
    expect(stateAt(events, noon + 2.5 * anHour)).toEqual([
      ['RELEASED', 1],
      ['IN_FORCE', 6],
    ]);
    expect(stateAt(events, noon + 3 * anHour)).toEqual([
      ['RELEASED', 1],
      ['COMPLETED', 3],
    ]);
  });

  test('is completed by a donation that was written down after it lapsed', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, recorded(draw(noon), tell(jiangsu, claimed())), at(9));
    expect(stateAt(events, noon + 9 * anHour)).toEqual([['COMPLETED', 4]]);
  });

  test('holds the others, and not its holder, while the log’s time may be before its end', () => {
    const { tell, events } = createHistory();
    tell(jiangsu, claimed());
    const known = withOutcomes(events, judged(events));
    expect(isHeldElsewhere(known, jiangsu, noon)).toBe(false);
    expect(isHeldElsewhere(known, shanghai, noon + 4 * anHour - 1)).toBe(true);
    expect(isHeldElsewhere(known, shanghai, noon + 4 * anHour)).toBe(false);
    expect(isHeldElsewhere(known, shanghai, null)).toBe(true);
  });

  test('that cannot be judged here holds the others too, until it is given back', () => {
    const { tell, events } = createHistory();
    const id = tell(jiangsu, claimed({ ruleSet: { id: 'NEW', hash: '0'.repeat(64) } }));
    expect(isHeldElsewhere(withOutcomes(events, judged(events)), shanghai, noon)).toBe(true);
    tell(jiangsu, released(id));
    expect(isHeldElsewhere(withOutcomes(events, judged(events)), shanghai, noon)).toBe(false);
    expect(id).toBe(eventId(0));
  });
});
