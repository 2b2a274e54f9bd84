/** The ids of events: they are counted, and so ordered, by them. */
import { expect, test } from 'vitest';

import { newEventId } from '#node/db/outbox.ts';
import { EventId } from '#schema/ids.ts';

test('an id is greater than the one before it, in one process', () => {
  const ids = Array.from({ length: 1_000 }, () => newEventId());
  expect(ids.toSorted()).toEqual(ids);
});

test('an id is greater than one it has to follow, though that was made by a process whose clock is ahead', () => {
  const ahead = EventId.parse('0fffffff-ffff-7fff-bfff-ffffffffffff');
  const next = newEventId(ahead);
  expect(next > ahead).toBe(true);
  expect(EventId.parse(next)).toBe(next);
  expect(newEventId(next) > next).toBe(true);
});
