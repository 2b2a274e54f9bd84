/** The outbox of a station in a simulation: each method is one transaction, which a crash or a fault leaves done or not done. */
import { Fault } from '#schema/errors.ts';
import type { EventId } from '#schema/ids.ts';
import type { OutboxEvent, OutboxPort } from '#node/ports.ts';

import type { Disk, OutboxRow } from './disk.ts';
import type { Life } from './scheduler.ts';
import type { World } from './world.ts';

type Counted = OutboxRow & { seq: number };
const isCounted = (row: OutboxRow): row is Counted => row.seq !== null;
const inOrder = (a: OutboxEvent, b: OutboxEvent): number => a.partition - b.partition || a.seq - b.seq;

const eventOf = ({ id, partition, seq, token, at, body }: Counted): OutboxEvent => ({
  id,
  partition,
  seq,
  token,
  at,
  body,
});

export const databaseFault = (): Fault => new Fault('DATABASE_UNAVAILABLE');

/** Who hears of what is done, in the same transaction. */
interface Listeners {
  /** An event was taken back. */
  readonly onWithdrawn: (id: EventId) => void;
  /** An event was added under its number. */
  readonly onAdded: (event: OutboxEvent) => void;
}

export function createVirtualOutbox(
  { scheduler }: World,
  life: Life,
  disk: Disk,
  { onWithdrawn, onAdded }: Listeners,
): OutboxPort {
  const { outbox, counted, published } = disk;
  const transaction = <T>(label: string, effect: () => T): Promise<Awaited<T>> =>
    scheduler.call(life, label, effect, { fault: databaseFault });

  return {
    next: (limit, said) =>
      transaction('counts', () => {
        for (const [partition, seq] of said) published[partition] = Math.max(published[partition] ?? 0, seq);
        const waiting = outbox.filter(({ seq }) => seq === null).sort((a, b) => (a.id < b.id ? -1 : 1));
        for (const row of waiting.slice(0, limit)) {
          row.seq = (counted[row.partition] ?? 0) + 1;
          counted[row.partition] = row.seq;
        }
        return outbox
          .filter(isCounted)
          .filter(({ partition, seq }) => seq > (published[partition] ?? 0))
          .map(eventOf)
          .sort(inOrder)
          .slice(0, limit);
      }),
    addNext: (event) =>
      transaction('adds the next', () => {
        const { partition } = event;
        const last = counted[partition] ?? 0;
        const isWaiting = outbox.some((row) => row.partition === partition && row.seq === null);
        if (isWaiting || last !== (published[partition] ?? 0)) return null;
        counted[partition] = last + 1;
        const row = { ...event, seq: last + 1 };
        outbox.push(row);
        onAdded(row);
        return row;
      }),
    noteSent: (partition, seq) =>
      transaction('notes what was sent', () => {
        published[partition] = Math.max(published[partition] ?? 0, seq);
      }),
    state: (partitions) =>
      transaction('reads the outbox', () => ({
        isDrained:
          outbox.every(({ seq }) => seq !== null) && counted.every((seq, partition) => seq === published[partition]),
        seqs: published.slice(0, partitions),
      })),
    since: (partition, from, limit) =>
      transaction('reads since', () =>
        outbox
          .filter(isCounted)
          .filter((row) => row.partition === partition && row.seq >= from)
          .map(eventOf)
          .sort(inOrder)
          .slice(0, limit),
      ),
    resend: (partition, seq) =>
      transaction('sends again', () => {
        published[partition] = Math.min(published[partition] ?? 0, seq);
      }),
    advance: (highest) =>
      transaction('advances', () => {
        for (const [partition, seq] of highest) {
          counted[partition] = Math.max(counted[partition] ?? 0, seq);
          published[partition] = Math.max(published[partition] ?? 0, seq);
        }
      }),
    withdraw: (id) =>
      transaction('withdraws', () => {
        const place = outbox.findIndex((row) => row.id === id && row.seq === null);
        if (place < 0) return false;
        outbox.splice(place, 1);
        onWithdrawn(id);
        return true;
      }),
  };
}
