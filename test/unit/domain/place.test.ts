import { describe, expect, test } from 'vitest';

import { placeOf, standingAt } from '#node/domain/place.ts';

describe('who goes on reading', () => {
  test('goes on where it was while the log is the one it read', () => {
    expect(standingAt(placeOf(2, 7), 7)).toEqual({ epoch: 2, offset: 7 });
    expect(standingAt(placeOf(2, 7), 100)).toEqual({ epoch: 2, offset: 7 });
  });

  test('begins the next epoch where the log ends before what was read', () => {
    expect(standingAt(placeOf(0, 7), 6)).toEqual({ epoch: 1, offset: 0 });
  });

  test('begins in no lower epoch than the one that is named, and in a higher one that was seen', () => {
    expect(standingAt(0, 0, 3)).toEqual({ epoch: 3, offset: 0 });
    expect(standingAt(placeOf(2, 7), 100, 3)).toEqual({ epoch: 3, offset: 0 });
    expect(standingAt(placeOf(3, 7), 100, 3)).toEqual({ epoch: 3, offset: 7 });
    expect(standingAt(placeOf(3, 7), 6, 3)).toEqual({ epoch: 4, offset: 0 });
  });

  test('stands after everything of the epoch before', () => {
    expect(placeOf(1, 0)).toBeGreaterThan(placeOf(0, 1e12));
    expect(Number.isSafeInteger(placeOf(8_001, 1e12))).toBe(true);
  });
});
