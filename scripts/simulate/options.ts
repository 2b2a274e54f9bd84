/** What can be typed after `npm run simulate -- `. */
import { availableParallelism } from 'node:os';

import { InvalidArgumentError } from '@commander-js/extra-typings';

import { CivilDate } from '#schema/calendar.ts';

import { allStations } from './region.ts';

/** A whole number in these bounds. */
export const whole =
  (lowest: number, highest: number) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(`It is a whole number from ${lowest} to ${highest}.`);
  };

/** A number above 0 and at most 1. */
export function share(text: string): number {
  const number = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number > 0 && number <= 1) return number;
  throw new InvalidArgumentError('It is a number above 0 and at most 1.');
}

export function day(text: string): CivilDate {
  const parsed = CivilDate.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('It is a day, YYYY-MM-DD.');
}

export const seed = whole(0, 4_294_967_295);
export const years = whole(1, 20);
export const stations = whole(1, allStations);

/** The same day every time, so that the same seed gives the same answer next year. */
export const usualLastDay = day('2026-11-20');

export const usualWorkers = availableParallelism();
