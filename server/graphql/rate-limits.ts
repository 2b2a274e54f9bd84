/**
 * Who may still ask: budgets by caller, counted in donors, spent before a question is executed, as a whole or not at all. They
 * are kept in the memory of this process: a service of two instances gives twice as much.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Logger } from 'pino';

import type { Caller } from '#schema/caller.ts';
import type { BudgetName, Budgets, Charge } from '#schema/rate-limits.ts';

import type { Denial } from './authority.ts';
import type { Charged } from './charges.ts';
import { RequestError } from '../errors/request-error.ts';

/** Why donors that a budget would hold are refused all the same. */
export interface Suspicion {
  readonly retryAfterS: number;
  /** Whether it has just arisen. */
  readonly isNew: boolean;
}
export type Examine = (caller: Caller, donors: readonly unknown[]) => Suspicion | undefined;

export interface RateLimitsOptions {
  readonly budgets: Budgets;
  readonly examine?: Examine;
  readonly log: Logger;
  /** Awaited before the caller hears of it: who asked too much is written down as well. */
  readonly onExhausted?: (denial: Denial) => Promise<void> | void;
}

interface Request {
  readonly id: string;
  readonly caller: Caller;
}

export interface RateLimits {
  /** Rejects with `TOO_MANY_REQUESTS` when a budget does not hold all of it. Nothing has happened then, but it counts. */
  spend(request: Request, charged: readonly Charged[]): Promise<void>;
}

interface Use {
  readonly name: BudgetName;
  readonly key: string;
}

/** Machines are trusted with more than people, and a member's people together with less than each of them alone would add up to. */
const usesOf = ({ from, member, role, subject }: Caller, charge: Charge): readonly Use[] => {
  const isMachine = role === 'SYSTEM' || role === 'NODE';
  const own: Use = { name: `${charge}_${isMachine ? 'MACHINE' : 'PERSON'}`, key: `${member} ${subject}` };
  return from === 'OWN' ? [own] : [{ name: `${charge}_MEMBER`, key: member }, own];
};

export const createRateLimits = ({ budgets, examine, log, onExhausted }: RateLimitsOptions): RateLimits => {
  const limiters = new Map<BudgetName, RateLimiterMemory>();
  const limiterOf = (name: BudgetName): RateLimiterMemory => {
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const { points, seconds } = budgets[name];
    const limiter = new RateLimiterMemory({ points, duration: seconds });
    limiters.set(name, limiter);
    return limiter;
  };

  const refuse = async ({ id, caller }: Request, coordinate: string, retryAfterS: number): Promise<never> => {
    await onExhausted?.({ requestId: id, caller, coordinate });
    throw new RequestError('TOO_MANY_REQUESTS', { retryAfterS });
  };
  /** Once for each budget that is used up, not for each request that comes after. */
  const warn = ({ id, caller }: Request, budget: BudgetName, coordinate: string) => {
    const { from, member, role, subject } = caller;
    log.warn({ requestId: id, budget, coordinate, from, member, role, subject }, 'asked too much');
  };

  /** In how many seconds there is more of it; undefined when there was enough. */
  const take = async (request: Request, use: Use, { coordinate, donors }: Charged): Promise<number | undefined> => {
    const points = Math.max(1, donors.length);
    try {
      await limiterOf(use.name).consume(use.key, points);
      return undefined;
    } catch (answer) {
      if (!(answer instanceof RateLimiterRes)) throw answer;
      if (answer.consumedPoints - points <= budgets[use.name].points) warn(request, use.name, coordinate);
      return Math.ceil(answer.msBeforeNext / 1_000);
    }
  };

  return {
    async spend(request, charged) {
      for (const one of charged) {
        for (const use of usesOf(request.caller, one.charge)) {
          const wait = await take(request, use, one);
          if (wait !== undefined) await refuse(request, one.coordinate, wait);
        }
        const suspicion = examine?.(request.caller, one.donors);
        if (suspicion?.isNew === true) warn(request, 'GUESSES', one.coordinate);
        if (suspicion !== undefined) await refuse(request, one.coordinate, suspicion.retryAfterS);
      }
    },
  };
};
