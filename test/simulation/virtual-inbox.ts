/** The copy of the log at a station in a simulation, with true transactions: all or nothing, alone in their partition. */
import type { DonorToken, StationCode } from '#schema/ids.ts';
import type { History, HistoryEvent } from '#node/domain/history.ts';
import { nothingHeard } from '#node/domain/sequence.ts';
import type { InboxPort, InboxTransaction, PlacedEvent } from '#node/ports.ts';

import { forgetCopies } from './disk.ts';
import type { Copy, Disk, StoredEvent } from './disk.ts';
import type { Life } from './scheduler.ts';
import { databaseFault } from './virtual-outbox.ts';
import type { World } from './world.ts';

const keyOf = ({ origin, seq }: { origin: string; seq: number }): string => `${origin} ${seq}`;

const inOrder = (a: PlacedEvent, b: PlacedEvent): number => a.offset - b.offset;

const asHistory = ({ event, offset, appendedAt, isOwn, claim }: StoredEvent): HistoryEvent => ({
  id: event.id,
  origin: event.origin,
  offset,
  appendedAt,
  isOwn,
  body: event.body,
  claim,
});

const eventsOf = (copy: Pick<Copy, 'events'>, token: DonorToken): StoredEvent[] =>
  [...copy.events.values()].filter(({ event }) => event.token === token).sort(inOrder);

/** A donor's events in a copy, in the order of the log. */
export const historyOf = (copy: Pick<Copy, 'events'>, token: DonorToken): History =>
  eventsOf(copy, token).map(asHistory);

export function createVirtualInbox({ scheduler, random }: World, life: Life, disk: Disk): InboxPort {
  /** Who is in the middle of a transaction, by partition. The death of its process ends it. */
  const locks = new Map<number, { readonly life: Life }>();
  const isFree = (partition: number): boolean => locks.get(partition)?.life.isAlive !== true;

  const copyOf = (partition: number): Copy => {
    const copy = disk.copies[partition];
    if (copy === undefined) throw new RangeError(`no partition ${partition}`);
    return copy;
  };

  const read = <T>(label: string, effect: () => T): Promise<Awaited<T>> =>
    scheduler.call(life, label, effect, { fault: databaseFault });

  /** @param draft what the transaction sees and writes; put in place when it commits. */
  function createTransaction(draft: Copy, origins: readonly StationCode[]): InboxTransaction {
    // Nobody sees between the statements of a transaction; that a process may die there is seen by some of them.
    const statement = async <T>(label: string, effect: () => T): Promise<Awaited<T>> =>
      random.chance(0.25) ? read(label, effect) : await effect();
    const ownIds = new Set(disk.outbox.map(({ id }) => id));
    /** Where the events of the histories that were read are. */
    const keys = new Map<HistoryEvent, string>();
    const readHistory = (token: DonorToken): History =>
      eventsOf(draft, token).map((stored) => {
        const event = asHistory(stored);
        keys.set(event, keyOf(stored.event));
        return event;
      });
    return {
      position: draft.position,
      heard: new Map(origins.map((origin) => [origin, draft.heard.get(origin) ?? nothingHeard])),
      knownOf: (events) =>
        statement('knownOf', () => {
          const known = events.flatMap((event) => {
            const stored = draft.events.get(keyOf(event));
            if (stored === undefined) return [];
            const { offset, appendedAt, digest } = stored;
            return [[keyOf(event), { token: stored.event.token, offset, appendedAt, digest }] as const];
          });
          return new Map(known);
        }),
      seqsBeyond: (origin, upTo) =>
        statement('seqsBeyond', () =>
          [...draft.events.values()]
            .filter(({ event }) => event.origin === origin && event.seq > upTo)
            .map(({ event }) => event.seq)
            .sort((a, b) => a - b),
        ),
      add(events) {
        for (const placed of events) {
          const { origin, id } = placed.event;
          const isOwn = origin === life.station && ownIds.has(id);
          draft.events.set(keyOf(placed.event), { ...placed, isOwn, claim: null });
        }
      },
      standingOf: (tokens, after) =>
        statement('standingOf', () => {
          const about = [...draft.events.values()].filter(({ event }) => tokens.includes(event.token));
          const claims = about.filter(({ event, offset }) => event.body.type === 'permit.claimed' && offset > after);
          return {
            own: new Set(about.filter(({ event }) => event.origin === life.station).map(({ event }) => event.token)),
            claimedAfter: new Set(claims.map(({ event }) => event.token)),
          };
        }),
      historiesOf: (tokens) =>
        statement('historiesOf', () => new Map(tokens.map((token) => [token, readHistory(token)]))),
      donorsOf: (origin, { since, after, limit }) =>
        statement('donorsOf', () => {
          const said = [...draft.events.values()].filter(
            ({ event, appendedAt }) => event.origin === origin && appendedAt >= since,
          );
          const donors = [...new Set(said.map(({ event }) => event.token))].sort();
          return donors.filter((token) => after === null || token > after).slice(0, limit);
        }),
      settle(claims) {
        for (const [event, claim] of claims) {
          const key = keys.get(event) ?? '';
          const stored = draft.events.get(key);
          if (stored !== undefined) draft.events.set(key, { ...stored, claim });
        }
      },
      setConflicts(conflicts) {
        for (const [token, found] of conflicts) {
          const ids = new Set(found.map(({ id }) => id));
          for (const [id, { conflict }] of draft.conflicts) {
            if (conflict.token === token && !ids.has(id)) draft.conflicts.set(id, { conflict, state: 'WITHDRAWN' });
          }
          for (const conflict of found) draft.conflicts.set(conflict.id, { conflict, state: 'OPEN' });
        }
      },
      quarantine(records) {
        for (const record of records) draft.quarantine.set(record.offset, record);
      },
      release(offsets) {
        for (const offset of offsets) draft.quarantine.delete(offset);
      },
      moveOn(heard, next) {
        for (const [origin, progress] of heard) draft.heard.set(origin, progress);
        draft.position = next;
      },
    };
  }

  return {
    positions: (partitions) =>
      read('positions', () => disk.copies.slice(0, partitions).map(({ position }) => position)),
    progress: () =>
      read('progress', () =>
        disk.copies.flatMap(({ heard }, partition) =>
          [...heard].map(([origin, progress]) => ({ origin, partition, heard: progress })),
        ),
      ),
    async transact(partition, origins, work) {
      const lock = { life };
      const draft = await scheduler.call(
        life,
        `begins in ${partition}`,
        () => {
          locks.set(partition, lock);
          const { position, events, heard, quarantine, conflicts } = copyOf(partition);
          return {
            position,
            events: new Map(events),
            heard: new Map(heard),
            quarantine: new Map(quarantine),
            conflicts: new Map(conflicts),
          };
        },
        { ready: () => isFree(partition) },
      );
      try {
        const answer = await work(createTransaction(draft, origins));
        await scheduler.call(
          life,
          `commits in ${partition}`,
          () => {
            disk.copies[partition] = draft;
            // Free before the answer is there: whoever waits for the lock does not wait for our process.
            locks.delete(partition);
          },
          { fault: databaseFault },
        );
        return answer;
      } finally {
        // Another transaction of this process may hold it by now.
        if (locks.get(partition) === lock) locks.delete(partition);
      }
    },
    quarantined: (partition, reasons, after, limit) =>
      read('quarantined', () =>
        [...copyOf(partition).quarantine.values()]
          .filter(({ offset, reason }) => offset > after && reasons.includes(reason))
          .sort((a, b) => a.offset - b.offset)
          .slice(0, limit),
      ),
    suspensions: () => read('suspensions', () => new Map(disk.judged)),
    noteSuspensions: (origin, suspensions) =>
      read('noteSuspensions', () => {
        disk.judged.set(origin, suspensions);
      }),
    parked: (partition, after, limit) =>
      read('parked', () =>
        [...copyOf(partition).events.values()]
          .filter(({ offset, event }) => offset > after && event.body.type === 'parked')
          .sort(inOrder)
          .slice(0, limit),
      ),
    forget: () =>
      scheduler.call(
        life,
        'forgets',
        () => {
          forgetCopies(disk);
        },
        { fault: databaseFault, ready: () => disk.copies.every((_, partition) => isFree(partition)) },
      ),
  };
}
