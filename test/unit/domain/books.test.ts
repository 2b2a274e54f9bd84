/** Which months are closed at a moment. */
import { expect, test } from 'vitest';

import { closingDay } from '#node/domain/books.ts';

const at = (text: string) => Date.parse(`${text}+08:00`);
const longAgo = at('2020-01-01T00:00');

test.each([
  { now: '2026-11-10T23:59', closingDays: 10, closed: '2026-10-01' },
  { now: '2026-11-11T00:00', closingDays: 10, closed: '2026-11-01' },
  { now: '2026-11-01T00:00', closingDays: 0, closed: '2026-11-01' },
  { now: '2026-10-31T23:59', closingDays: 0, closed: '2026-10-01' },
  { now: '2027-01-11T00:00', closingDays: 10, closed: '2027-01-01' },
  { now: '2026-05-30T12:00', closingDays: 90, closed: '2026-03-01' },
])('at $now, $closingDays days after its end, all is closed before $closed', ({ now, closingDays, closed }) => {
  expect(closingDay({ now: at(now), readyAt: longAgo, closingDays })).toBe(closed);
});

test('nothing is closed sooner after the station had all it was to begin with', () => {
  const readyAt = at('2026-11-05T08:00');
  expect(closingDay({ now: at('2026-11-15T07:59'), readyAt, closingDays: 10 })).toBe(null);
  expect(closingDay({ now: at('2026-11-15T08:00'), readyAt, closingDays: 10 })).toBe('2026-11-01');
});
