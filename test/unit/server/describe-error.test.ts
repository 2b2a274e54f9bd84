/** What of an error reaches the log. */
import { expect, test } from 'vitest';
import { describeError, scrub } from '#server/errors/describe-error.ts';

test.each([
  ['resident identity number 11010119900307851X', 'resident identity number […]'],
  ['passport E12345678 or permit H1234567890', 'passport […] or permit […]'],
  ['token qZ1v0mJ8w3T2yXkL5nB7cD9eF4gH6iA0sRtUvWxYz12!', 'token […]!'],
  ['relation "donation" has 12 columns', 'relation "donation" has 12 columns'],
])('%s is logged as %s', (text, scrubbed) => {
  expect(scrub(text)).toBe(scrubbed);
});

test('only name, code, message, stack and cause are taken', () => {
  const error = Object.assign(new RangeError('no', { cause: new Error('because') }), {
    detail: 'row',
    parameters: ['x'],
  });
  const described = describeError(error);
  expect(Object.keys(described)).toEqual(['name', 'message', 'stack', 'cause']);
  expect(described.cause?.message).toBe('because');
  expect(described.stack).not.toContain('RangeError: no');
});

test('causes in a circle end, and what is not an error says nothing', () => {
  const error = new Error('round');
  error.cause = error;
  expect(JSON.stringify(describeError(error)).match(/round/g)).toHaveLength(6);
  expect(describeError('110101199003078515')).toEqual({ name: 'string', message: 'Thrown, but not an Error.' });
});
