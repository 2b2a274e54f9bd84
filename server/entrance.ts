/**
 * The way to the door: an address from which knock after knock is turned away is told to wait, before its next request costs
 * a body or a signature. An address from which somebody has come in lately is let through to the door all the same, so that
 * nobody can lock out the others behind one proxy.
 */
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import type { Budgets } from '#schema/rate-limits.ts';

import type { Door, Knock, Visit } from './http/door.ts';
import { RequestError } from './errors/request-error.ts';

/** For how long an address is trusted to have more to it than whoever is turned away there. */
const familiarMs = 600_000;
/** How exactly a time is kept; each time the clock is read it costs a timer. */
const ttlResolution = 1_000;
const mostAddresses = 10_000;

export interface Entrance {
  /** Throws `TOO_MANY_REQUESTS`. */
  assertNotWaiting(address: string): void;
  /** As the door does. */
  admit(knock: Knock, address: string): Promise<Visit>;
  /** Counts what was turned away behind the door, or at a route without one. */
  turnedAway(address: string): Promise<void>;
  /** Counts a token that is asked for. Rejects with `TOO_MANY_REQUESTS`. */
  spendToken(address: string): Promise<void>;
}

export interface EntranceOptions {
  readonly door: Door;
  readonly budgets: Pick<Budgets, 'ATTEMPTS' | 'TOKENS'>;
  readonly log: Logger;
  /** Called for each: who was turned away is written down as well. */
  readonly onTurnedAway?: (() => void) | undefined;
}

const isUnproved = (error: unknown) => error instanceof RequestError && error.code === 'UNAUTHENTICATED';
const tooMany = (ms: number) => new RequestError('TOO_MANY_REQUESTS', { retryAfterS: Math.ceil(ms / 1_000) });

export const createEntrance = ({ door, budgets, log, onTurnedAway }: EntranceOptions): Entrance => {
  const { ATTEMPTS, TOKENS } = budgets;
  const attempts = new RateLimiterMemory({ points: ATTEMPTS.points, duration: ATTEMPTS.seconds });
  const tokens = new RateLimiterMemory({ points: TOKENS.points, duration: TOKENS.seconds });
  const waiting = new LRUCache<string, true>({ max: mostAddresses, ttl: ATTEMPTS.seconds * 1_000, ttlResolution });
  const familiar = new LRUCache<string, true>({ max: mostAddresses, ttl: familiarMs, ttlResolution });

  const turnedAway = async (address: string): Promise<void> => {
    onTurnedAway?.();
    // Counted, never rejected: it is the next request that has to wait.
    if ((await attempts.penalty(address)).consumedPoints !== ATTEMPTS.points) return;
    if (!familiar.has(address)) waiting.set(address, true);
    log.warn({ address, seconds: ATTEMPTS.seconds }, 'too many requests of one address were turned away');
  };

  return {
    assertNotWaiting(address) {
      if (waiting.size > 0 && waiting.has(address)) throw tooMany(waiting.getRemainingTTL(address));
    },
    async admit(knock, address) {
      try {
        const visit = await door.admit(knock);
        if (!familiar.has(address)) familiar.set(address, true);
        return visit;
      } catch (error) {
        if (isUnproved(error)) await turnedAway(address);
        throw error;
      }
    },
    turnedAway,
    async spendToken(address) {
      try {
        await tokens.consume(address);
      } catch (answer) {
        throw answer instanceof RateLimiterRes ? tooMany(answer.msBeforeNext) : answer;
      }
    },
  };
};
