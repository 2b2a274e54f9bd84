/**
 * What became of this station's claims, for whoever waits. An outcome may arrive before anybody waits for it, so the last ones
 * are kept a while; and when something may have been missed, the copy itself is asked.
 */
import { LRUCache } from 'lru-cache';

import type { EventId } from '#schema/ids.ts';

import type { JudgedClaim } from '../ports.ts';
import type { Progress } from './progress.ts';

export interface Outcomes {
  /** What became of a claim, as soon as it is applied here; null when that is not by the deadline, or the signal fires before. */
  waitFor(id: EventId, deadlineMs: number, signal?: AbortSignal): Promise<JudgedClaim | null>;
}

interface Dependencies {
  readonly progress: Pick<Progress, 'onClaims'>;
  /** What the copy says; null while the claim is not in it. */
  readonly find: (id: EventId) => Promise<JudgedClaim | null>;
}

export function createOutcomes({ progress, find }: Dependencies): Outcomes {
  const recent = new LRUCache<EventId, JudgedClaim>({ max: 10_000 });
  const waiting = new Map<EventId, Set<(outcome: JudgedClaim) => void>>();

  function settle(id: EventId, claim: JudgedClaim): void {
    recent.set(id, claim);
    for (const resolve of waiting.get(id) ?? []) resolve(claim);
  }

  async function lookFor(id: EventId): Promise<void> {
    const outcome = await find(id).catch(() => null);
    if (outcome !== null) settle(id, outcome);
  }

  progress.onClaims((claims) => {
    for (const [id, outcome] of claims) settle(id, outcome);
    if (claims.size === 0) for (const id of waiting.keys()) void lookFor(id);
  });

  function forget(id: EventId, resolve: (outcome: JudgedClaim) => void): void {
    const others = waiting.get(id);
    others?.delete(resolve);
    if (others?.size === 0) waiting.delete(id);
  }

  return {
    waitFor(id, deadlineMs, signal) {
      const known = recent.get(id);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => {
        const end = (outcome: JudgedClaim | null) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          forget(id, end);
          resolve(outcome);
        };
        const giveUp = () => {
          end(null);
        };
        const timer = setTimeout(giveUp, deadlineMs);
        signal?.addEventListener('abort', giveUp);
        waiting.set(id, (waiting.get(id) ?? new Set()).add(end));
      });
    },
  };
}
