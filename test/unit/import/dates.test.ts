import { describe, expect, test } from 'vitest';

import { findDay, findMoment } from '#node/modules/import/dates.ts';

const iso = (text: string) => findMoment(text, ['iso'])?.toISOString();
const local = (text: string) => findMoment(text, ['slashes'])?.toISOString();

describe('a moment', () => {
  test('with an offset is that instant', () => {
    expect(iso('2026-03-01T09:05:00+08:00')).toBe('2026-03-01T01:05:00.000Z');
    expect(iso('2026-03-01T09:05+08:00')).toBe('2026-03-01T01:05:00.000Z');
    expect(iso('2026-02-28T20:05:59.5-05:30')).toBe('2026-03-01T01:35:59.500Z');
    expect(iso('2026-03-01T01:05:00Z')).toBe('2026-03-01T01:05:00.000Z');
  });

  test('in local form is a wall clock in Shanghai', () => {
    expect(local('2026/3/1 9:05')).toBe('2026-03-01T01:05:00.000Z');
    expect(local('2024/06/03 00:05')).toBe('2024-06-02T16:05:00.000Z');
    expect(local('2026/12/31 23:59:59')).toBe('2026-12-31T15:59:59.000Z');
  });

  test.each([
    '',
    '2026-02-30T09:00:00+08:00',
    '2026-03-01T24:00:00+08:00',
    '2026-03-01T09:60:00+08:00',
    '2026-03-01T09:05:00',
    '2026-03-01T09:05:00+19:00',
    '2026-03-01 09:05:00+08:00',
    '2026-03-01',
    '20260301T090500+0800',
    ' 2026-03-01T09:05:00+08:00',
    '2026-03-01T09:05:00+08:00\n',
    '2026/3/1 9:05',
  ])('is not %j in ISO form', (text) => {
    expect(iso(text)).toBeUndefined();
  });

  test.each([
    '2026/2/30 9:05',
    '2026/3/1',
    '2026/3/1 9:5',
    '2026/13/1 9:05',
    '26/3/1 9:05',
    '2026-03-01T09:05:00+08:00',
  ])('is not %j in local form', (text) => {
    expect(local(text)).toBeUndefined();
  });

  test('may be of any of the forms of the profile', () => {
    expect(findMoment('2026/3/1 9:05', ['iso', 'slashes'])).toEqual(
      findMoment('2026-03-01T09:05+08:00', ['iso', 'slashes']),
    );
  });
});

test('a day is one that exists, in the form of the profile', () => {
  expect(findDay('2026-03-01', ['iso'])).toBe('2026-03-01');
  expect(findDay('2026/3/1', ['slashes'])).toBe('2026-03-01');
  for (const text of ['', '2026/3/1', '2026-2-3', '2026-02-29']) expect(findDay(text, ['iso'])).toBeUndefined();
  for (const text of ['2026-03-01', '2026/2/29', '2026/3/1 9:05']) expect(findDay(text, ['slashes'])).toBeUndefined();
});
