/**
 * Giving chairs back: on request, and when a claim was granted that nobody waited for any more. A permit must never be answered to
 * one desk while it is given back for another, so who finds one that was granted a moment ago lets it settle first.
 */
import { hash } from 'node:crypto';

import { EventId } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';

import { tell } from '../../db/outbox.ts';
import type { Telling } from '../../db/outbox.ts';
import type { Permit } from './permit-view.ts';
import type { Dependencies } from './permits.ts';

/**
 * So long after a grant an instance may still give it back for want of a taker; only then may another instance, which knows nothing
 * of that, answer it to a desk. Who comes too late lets it lapse.
 */
const settlingMs = 60_000;

/** The most claims nobody waits for that are kept in mind; a permit beyond lapses by itself. */
const mostAbandoned = 10_000;

interface Options extends Pick<Dependencies, 'database' | 'outcomes' | 'directory' | 'clock' | 'logTime'> {
  readonly telling: Telling;
  readonly patienceMs: number;
}

export interface GivingBack {
  /** Tells the log; again changes nothing, whichever instance of the station does it. */
  now(id: EventId, token: DonorToken): Promise<void>;
  /** Gives it back should it be granted after all: nobody waits for it. */
  whenGranted(id: EventId, token: DonorToken): void;
  /** Notes that a desk has it. */
  handedOut(permit: Permit): void;
  /** Whether a permit this station holds may be answered again: no instance gives it back, now or in a moment. */
  maySettleOn(permit: Permit, latest: number): Promise<boolean>;
  stop(): void;
}

/** The id of the one event that gives a permit back: a UUID version 7 a millisecond after the claim's, the same in every instance. */
export function releaseIdOf(claim: EventId): EventId {
  const time = (Number.parseInt(claim.replaceAll('-', '').slice(0, 12), 16) + 1).toString(16).padStart(12, '0');
  const rest = hash('sha256', `permit.released ${claim}`, 'hex');
  const hex = `${time}7${rest.slice(0, 3)}8${rest.slice(3, 18)}`;
  return EventId.parse(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

export function createGivingBack(options: Options): GivingBack {
  const { database, outcomes, directory, clock, logTime, telling, patienceMs } = options;
  const stopping = new AbortController();
  const abandoned = new Set<EventId>();
  const handed = new Set<EventId>();

  const isToldOf = async (id: EventId): Promise<boolean> =>
    (await database.prisma.outbox.count({ where: { id: releaseIdOf(id) } })) > 0;

  async function now(id: EventId, token: DonorToken): Promise<void> {
    if (await isToldOf(id)) return;
    const { logPartitions } = directory.current().policy;
    const body = { type: 'permit.released', of: id } as const;
    const told = { id: releaseIdOf(id), token, body, at: clock.now(), partitions: logPartitions };
    await tell(database.prisma, told).catch(async (error: unknown) => {
      // Another instance was faster.
      if (!(await isToldOf(id))) throw error;
    });
    telling.onTold();
  }

  async function abandon(id: EventId, token: DonorToken): Promise<void> {
    const since = logTime.latest();
    const judged = await outcomes.waitFor(id, directory.current().policy.permitMs, stopping.signal);
    const until = logTime.latest();
    const isLate = since === null || until === null || until - since > settlingMs - 2 * patienceMs;
    if (judged?.outcome === 'GRANTED' && !isLate) await now(id, token);
  }

  return {
    now,

    whenGranted(id, token) {
      if (abandoned.size >= mostAbandoned) return;
      abandoned.add(id);
      // A failure leaves a permit that lapses by itself.
      void abandon(id, token)
        .catch(() => undefined)
        .finally(() => abandoned.delete(id));
    },

    handedOut({ id }) {
      if (handed.size >= mostAbandoned) handed.clear();
      handed.add(id);
    },

    async maySettleOn({ id, grantedAt }, latest) {
      if (abandoned.has(id) || (await isToldOf(id))) return false;
      return handed.has(id) || latest - grantedAt > settlingMs;
    },

    stop: () => {
      stopping.abort();
    },
  };
}
