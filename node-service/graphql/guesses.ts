/**
 * Somebody who knows where and when a person was born can try out the rest of the resident number: three digits, some
 * hundred numbers. Whoever asks for more than a few different numbers of one county and birthday is doing that; a busy
 * station meets two of them a day. Kept in memory only, under a hash that no other process can make.
 */
import { hash, randomBytes } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { Caller } from '#schema/caller.ts';
import type { Budget } from '#schema/rate-limits.ts';
import type { Examine } from '#server/graphql/rate-limits.ts';

/** Counties and birthdays that are remembered, over all callers. */
const largestMemory = 50_000;

interface Guess {
  /** County and birthday. */
  readonly born: string;
  /** What was tried beside them. */
  readonly rest: string;
}

const resident = /^[ \t]*(\d{14})(\d{3}[\dXx])[ \t]*$/;
const residentOfOld = /^[ \t]*(\d{6})(\d{6})(\d{3})[ \t]*$/;

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** What a `DonorRef` may be guessing at; also a number whose check digit is wrong. */
function guessIn(donor: unknown): Guess | undefined {
  const number = propertyOf(propertyOf(donor, 'document'), 'number');
  if (typeof number !== 'string') return undefined;
  const [, born, rest] = resident.exec(number) ?? [];
  if (born !== undefined && rest !== undefined) return { born, rest: rest.slice(0, 3) };
  const [, county, birthday, last] = residentOfOld.exec(number) ?? [];
  if (county === undefined || birthday === undefined || last === undefined) return undefined;
  return { born: `${county}19${birthday}`, rest: last };
}

/** @param points different numbers of one county and birthday that one caller may ask for in the time. */
export function createGuessWatch({ points, seconds }: Budget): Examine {
  const secret = randomBytes(32).toString('base64url');
  const tried = new LRUCache<string, Set<string>>({ max: largestMemory, ttl: seconds * 1_000, ttlResolution: 1_000 });
  const keyOf = ({ member, subject }: Caller, born: string) =>
    hash('sha256', `${secret} ${member} ${subject} ${born}`, 'base64url');

  return (caller, donors) => {
    for (const donor of donors) {
      const guess = guessIn(donor);
      if (guess === undefined) continue;
      const key = keyOf(caller, guess.born);
      const numbers = tried.get(key);
      if (numbers === undefined) tried.set(key, new Set([guess.rest]));
      else if (!numbers.has(guess.rest)) {
        // One more than allowed is kept, to know that it was not the first time.
        if (numbers.size > points) return { retryAfterS: Math.ceil(tried.getRemainingTTL(key) / 1_000), isNew: false };
        numbers.add(guess.rest);
        if (numbers.size > points) return { retryAfterS: Math.ceil(tried.getRemainingTTL(key) / 1_000), isNew: true };
      }
    }
    return undefined;
  };
}
