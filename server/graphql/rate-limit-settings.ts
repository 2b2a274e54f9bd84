/** How much may be asked, as a setting of every service, read from the environment. */
import { z } from 'zod';

import { defaultBudgets } from '#schema/rate-limits.ts';
import type { BudgetName, Budgets } from '#schema/rate-limits.ts';

const isBudget = (name: string): name is BudgetName => Object.hasOwn(defaultBudgets, name);

const Change = z
  .string()
  .regex(/^[A-Z_]+=\d{1,9}\/\d{1,6}$/, 'NAME=number/seconds')
  .transform((text) => {
    const [name = '', points, seconds] = text.split(/[=/]/);
    return { name, points: Number(points), seconds: Number(seconds) };
  })
  .refine(({ name }) => isBudget(name), `one of ${Object.keys(defaultBudgets).join(', ')}`)
  .refine(({ seconds }) => seconds > 0, 'at least a second');

export const rateLimitSettings = {
  /** Budgets that differ from `schema/rate-limits.ts`: `LOOKUPS_PERSON=600/3600 MARKERS_PERSON=5/3600`. */
  LOOKOUT_RATE_LIMITS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(z.array(Change))
    .transform((changes): Budgets => {
      const changed = changes.map(({ name, points, seconds }) => [name, { points, seconds }] as const);
      return { ...defaultBudgets, ...Object.fromEntries(changed) };
    }),
};
