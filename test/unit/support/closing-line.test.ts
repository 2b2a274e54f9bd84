/** The last line of a test run. */
import { expect, test } from 'vitest';
import { closingLine } from '#test/support/closing-line.ts';

test('the closing line counts what passed and failed, and names what was skipped', () => {
  expect(closingLine([])).toBe('0 passed, 0 failed');
  expect(closingLine(['passed', 'failed', 'passed'])).toBe('2 passed, 1 failed');
  expect(closingLine(['passed', 'skipped'])).toBe('1 passed, 0 failed, 1 skipped');
});
