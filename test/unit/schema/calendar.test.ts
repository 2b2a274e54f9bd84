import { describe, expect, test } from 'vitest';

import { addInterval, CivilDate, civilDateOf, findCivilDate, instantOf } from '#schema/calendar.ts';
import { day } from '#test/support/facts.ts';

describe('a civil date', () => {
  test.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00',
    '',
    '+002026-01-01',
  ])('%s is not one', (text) => {
    expect(findCivilDate(text)).toBeUndefined();
    expect(CivilDate.safeParse(text).success).toBe(false);
  });

  test('of an instant is the local one', () => {
    expect(civilDateOf(new Date('2026-06-01T15:59:59.999Z'))).toBe('2026-06-01');
    expect(civilDateOf(new Date('2026-06-01T16:00:00Z'))).toBe('2026-06-02');
  });

  test('of an instant in the summer times of 1986 to 1991 is the local one', () => {
    expect(civilDateOf(new Date('1988-07-01T15:00:00Z'))).toBe('1988-07-02');
    expect(civilDateOf(new Date('1988-12-01T15:00:00Z'))).toBe('1988-12-01');
  });

  test('and a time of day make an instant', () => {
    expect(instantOf(day('2026-03-01'), (9 * 60 + 5) * 60_000).toISOString()).toBe('2026-03-01T01:05:00.000Z');
  });
});

describe('an interval', () => {
  test.each([
    ['2024-08-31', 6, 'month', '2025-02-28'],
    ['2023-08-31', 6, 'month', '2024-02-29'],
    ['2024-02-29', 12, 'month', '2025-02-28'],
    ['2026-12-31', 2, 'week', '2027-01-14'],
    ['2026-01-01', 90, 'day', '2026-04-01'],
  ] as const)('%s + %i %s = %s', (from, value, unit, to) => {
    expect(addInterval(day(from), { value, unit })).toBe(to);
  });
});
