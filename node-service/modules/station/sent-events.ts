/**
 * What this station has said in the donor log, said again to whoever missed it: the same bytes, with the place at which this
 * station itself found each in the log. What it has not found there yet has no place and is left out.
 */
import type { Member } from '#schema/directory.ts';

import type { Database } from '../../db/client.ts';
import { payloadOf } from '../../domain/telling.ts';
import type { OutboxPort, SignerPort } from '../../ports.ts';

/** An event as it is in the log. */
export interface SentEvent {
  readonly jws: string;
  readonly offset: number;
  readonly appendedAt: Date;
}

export interface SentEvents {
  /** From `seq` on in a partition, in order, at most `limit`, never more than `mostSentEvents`. */
  since(partition: number, seq: number, limit: number): Promise<SentEvent[]>;
}

/** The most events of one answer. */
export const mostSentEvents = 500;

const largestPartition = 32_767;

interface Dependencies {
  readonly station: Pick<Member, 'code'>;
  readonly prisma: Database['prisma'];
  readonly outbox: Pick<OutboxPort, 'since'>;
  readonly signer: SignerPort;
}

export function createSentEvents({ station, prisma, outbox, signer }: Dependencies): SentEvents {
  /** Where each of these numbers is in the log. */
  async function placesOf(partition: number, seqs: readonly number[]) {
    const places = await prisma.event.findMany({
      where: { origin: station.code, partition, seq: { in: seqs.map(BigInt) } },
      select: { id: true, seq: true, logOffset: true, appendedAt: true },
    });
    return new Map(places.map((place) => [`${Number(place.seq)} ${place.id}`, place]));
  }

  return {
    async since(partition, seq, limit) {
      const first = Math.max(0, Math.min(limit, mostSentEvents));
      if (partition < 0 || partition > largestPartition || first === 0) return [];
      const events = await outbox.since(partition, seq, first);
      const places = await placesOf(
        partition,
        events.map((event) => event.seq),
      );
      const sent = events.map(async (event): Promise<SentEvent[]> => {
        const place = places.get(`${event.seq} ${event.id}`);
        if (place === undefined) return [];
        const jws = await signer.sign('event', payloadOf(station.code, event));
        return [{ jws, offset: Number(place.logOffset), appendedAt: place.appendedAt }];
      });
      return (await Promise.all(sent)).flat();
    },
  };
}
