/** What may be shown of a family and year, by what its stations said and what was shown before. */
import { describe, expect, test } from 'vitest';

import { areaName } from '#gateway/aggregates/axes.ts';
import type { Area, Place } from '#gateway/aggregates/axes.ts';
import type { Heard, Shown } from '#gateway/aggregates/books.ts';
import { knownIn, makeEdition } from '#gateway/aggregates/edition.ts';
import type { Edition } from '#gateway/aggregates/edition.ts';
import { spanOf } from '#gateway/aggregates/span.ts';
import { CivilDate } from '#schema/calendar.ts';
import type { CountFamily } from '#schema/count-families.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { Period } from '#schema/periods.ts';

const placeOf = (code: string): Place => ({
  station: StationCode.parse(code),
  province: ProvinceCode.parse(code.slice(0, 2)),
  kind: code.includes('P') ? 'PLASMA' : 'BLOOD',
});

interface Said {
  readonly [code: string]: Readonly<Record<string, number>>;
}

/** What stations said of 2024: counts by period, or by period and class with a blank between. */
const heardOf = (said: Said, closedUntil: string): Heard[] =>
  Object.entries(said).map(([code, counts]) => ({
    ...placeOf(code),
    year: 2024,
    closedUntil: CivilDate.parse(closedUntil),
    at: '2026-01-01T00:00:00.000Z',
    counts: Object.entries(counts).flatMap(([name, count]): Heard['counts'] => {
      const [period, of = 'ALL'] = name.split(' ');
      return count === 0 ? [] : [[Period.parse(period), of, count]];
    }),
  }));

interface Circumstances {
  readonly codes?: readonly string[];
  readonly closed?: string;
  readonly shown?: Shown | null;
}

function editionOf(family: CountFamily, said: Said, more: Circumstances = {}): Edition {
  const { codes = Object.keys(said), closed = '2025-01-01', shown = null } = more;
  const span = spanOf(family, 2024);
  const heard = heardOf(said, closed);
  const edition = makeEdition(span, codes.toSorted().map(placeOf), CivilDate.parse(closed), { heard, shown });
  if (edition === undefined) throw new Error('nothing is closed');
  return edition;
}

/** The count of what is known of an area that is shown, `null` when it is not. */
function look(edition: Edition, area: Area, period: string, of = 'ALL') {
  const { areas, periods, classes, unknown } = edition;
  const [at, cls] = [periods.find(period) ?? -1, classes.find(of) ?? -1];
  const leaves = areas.nodes[areas.find(areaName(area)) ?? -1]?.leaves ?? [];
  return edition.count(areas.findLeaves(knownIn(leaves, unknown[at] ?? new Set())) ?? -1, at, cls);
}

const all: Area = {};
const province = (code: string): Area => ({ province: ProvinceCode.parse(code) });
const station = (code: string): Area => ({ station: StationCode.parse(code) });

const [a, b, c] = ['310198B01', '310298B01', '320198B01'] as const;

describe('an edition', () => {
  test('suppresses nothing where nothing is small', () => {
    const edition = editionOf('LATE_UPLOADS', { [a]: { '2024-03': 7 }, [b]: { '2024-03': 9 }, [c]: {} });
    expect(look(edition, station(a), '2024-03')).toBe(7);
    expect(look(edition, province('31'), '2024-Q1')).toBe(16);
    expect(look(edition, station(c), '2024')).toBe(0);
    expect(look(edition, all, '2024')).toBe(16);
  });

  test('suppresses a small figure and another, so that no total gives it away (H1)', () => {
    const edition = editionOf('LATE_UPLOADS', { [a]: { '2024-03': 3 }, [b]: { '2024-03': 9, '2024-05': 30 }, [c]: {} });
    expect(look(edition, station(a), '2024-03')).toBe(null);
    expect(look(edition, station(a), '2024')).toBe(null);
    expect(look(edition, all, '2024')).toBe(42);
    const others = [look(edition, station(b), '2024-03'), look(edition, province('31'), '2024-03')];
    expect(others).toContain(null);
  });

  test('shows no sum that is nearly all of one station, and no station by itself (H4)', () => {
    const few = editionOf('LOOKOUTS_LISTED', {
      [a]: { '2024 HIV': 95 },
      [b]: { '2024 HIV': 5 },
      [c]: { '2024 HIV': 400 },
    });
    expect(look(few, province('31'), '2024', 'HIV')).toBe(null);
    expect(look(few, station(a), '2024', 'HIV')).toBe(null);
    // One station is the whole province.
    expect(look(few, province('32'), '2024', 'HIV')).toBe(null);
    const even = editionOf('LOOKOUTS_LISTED', { [a]: { '2024 HIV': 60 }, [b]: { '2024 HIV': 55 } });
    expect(look(even, province('31'), '2024', 'HIV')).toBe(115);
  });

  test('takes nothing a kind of station does not do for a place where something could be hidden', () => {
    const plasma = '330798P01';
    const edition = editionOf('DONATIONS', {
      [a]: { '2024-03 WHOLE_BLOOD': 3, '2024-03 PLATELETS': 40 },
      [b]: { '2024-03 WHOLE_BLOOD': 50, '2024-03 PLATELETS': 45 },
      [plasma]: { '2024-03 SOURCE_PLASMA': 70 },
    });
    expect(look(edition, station(a), '2024-03', 'SOURCE_PLASMA')).toBe(0);
    expect(look(edition, station(plasma), '2024-03', 'WHOLE_BLOOD')).toBe(0);
    expect(look(edition, station(a), '2024-03', 'WHOLE_BLOOD')).toBe(null);
  });

  test('shows of a month that one station has not closed what the others counted, and stays with it', () => {
    const [mine, yours] = [c, '320298B01'];
    const known = { [a]: { '2024-03': 20 }, [mine]: { '2024-03': 30 } };
    const before = editionOf('LATE_UPLOADS', known, { codes: [a, mine, yours] });
    expect(look(before, all, '2024-03')).toBe(50);
    // With three of its own, the sum over all less what was shown would be these three.
    const after = editionOf('LATE_UPLOADS', { ...known, [yours]: { '2024-03': 3 } }, { shown: before.shown });
    expect(look(after, all, '2024-03')).toBe(null);
    expect(look(after, station(yours), '2024-03')).toBe(null);
    const fresh = editionOf('LATE_UPLOADS', { ...known, [yours]: { '2024-03': 3 } });
    expect(look(fresh, all, '2024-03')).toBe(53);
    // With many, nobody is given away.
    const many = editionOf('LATE_UPLOADS', { ...known, [yours]: { '2024-03': 25 } }, { shown: before.shown });
    expect(look(many, all, '2024-03')).toBe(75);
  });

  test('keeps showing what was shown when the clock or the policy would close less', () => {
    const said = { [a]: { '2024-03': 20 }, [b]: { '2024-11': 30 } };
    const before = editionOf('LATE_UPLOADS', said);
    const after = editionOf('LATE_UPLOADS', said, { closed: '2024-06-01', shown: before.shown });
    expect(after.closedUntil).toBe('2025-01-01');
  });

  test('is the same from the same books', () => {
    const said = { [a]: { '2024-03': 3 }, [b]: { '2024-03': 9 }, [c]: { '2024-03': 4, '2024-07': 12 } };
    const first = editionOf('LATE_UPLOADS', said);
    expect(editionOf('LATE_UPLOADS', said).shown).toEqual(first.shown);
    // And of what was shown nothing is taken back and nothing added.
    expect(editionOf('LATE_UPLOADS', said, { shown: first.shown }).shown).toEqual(first.shown);
  });
});

describe('donors of a longer period', () => {
  const months = (counts: readonly number[]) =>
    Object.fromEntries(counts.map((count, at) => [`2024-${String(at + 1).padStart(2, '0')}`, count]));

  test('are shown though they are no sum', () => {
    const edition = editionOf('DONORS', {
      [a]: { ...months([10, 12, 9]), '2024-Q1': 25, '2024': 25 },
      [b]: { ...months([20, 22, 19]), '2024-Q1': 50, '2024': 50 },
    });
    expect(look(edition, province('31'), '2024-Q1')).toBe(75);
    expect(look(edition, station(a), '2024')).toBe(25);
  });

  test('are not shown where they say what a month is that is not shown', () => {
    // March is withheld at b for the sake of a; where a quarter has one month, it is that month.
    const edition = editionOf('DONORS', {
      [a]: { '2024-03': 3, '2024-01': 30, '2024-Q1': 31, '2024': 31 },
      [b]: { '2024-03': 40, '2024-Q1': 40, '2024': 40 },
      [c]: { '2024-03': 50, '2024-01': 44, '2024-Q1': 60, '2024': 60 },
    });
    expect(look(edition, station(a), '2024-03')).toBe(null);
    if (look(edition, station(b), '2024-03') === null) {
      expect([look(edition, station(b), '2024-Q1'), look(edition, station(b), '2024')]).toEqual([null, null]);
    }
    expect(look(edition, province('31'), '2024-03') === null || look(edition, station(b), '2024-03') === null).toBe(
      true,
    );
  });
});
