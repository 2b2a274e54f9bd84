/** A setting for services under load: budgets that nobody uses up. A bench asks in a minute what a station asks in a month. */
import { defaultBudgets } from '#schema/rate-limits.ts';

export const unlimited = {
  LOOKOUT_RATE_LIMITS: Object.keys(defaultBudgets)
    .map((name) => `${name}=999999999/60`)
    .join(' '),
};
