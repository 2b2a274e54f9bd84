/**
 * Whoever wants an entry while a group of them is being written goes into the next group, which sets out as soon as this one is
 * durable: nobody waits for company, and under load one commit serves many. When the database is slower than those who come,
 * only so many wait; the others are told at once.
 */
import { DatabaseError } from 'pg';

import type { AuditReference } from '#schema/audit.ts';
import { Fault } from '#schema/errors.ts';

import type { Draft } from './group.ts';
import type { Writer } from './writer.ts';

/** The largest group, in entries and in characters of what they say; a longer entry goes alone. */
const mostAtOnce = 500;
const mostCharacters = 4_000_000;
/** So many wait; with the longest time a group takes, whoever is the last of them is answered after a minute or two. */
const mostWaiting = 5_000;
/** So long after a group could not be written it is not known that the next one can. */
const doubtMs = 5_000;
const uniqueViolation = '23505';

type Answer = AuditReference | 'SEEN_BEFORE';

interface Waiting extends Draft {
  readonly settle: (answer: Answer) => void;
  readonly fail: (fault: Fault) => void;
}

export interface Queue {
  /** Resolves once the entry is durable. Rejects with `DATABASE_UNAVAILABLE`, at once where too many wait already. */
  add(draft: Draft): Promise<Answer>;
  /** Whether the last group was written, or one that was not is some seconds ago. */
  isTaking(): boolean;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
}

interface Options {
  readonly writer: Writer;
  /** Those of these ids that were used. */
  readonly findSeen: (ids: readonly string[]) => Promise<readonly string[]>;
}

const idsOf = ({ once }: Draft): string[] => once.map(({ id }) => id.toLowerCase());

const wasUsed = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === uniqueViolation && error.table === 'exchange_seen';

/** Takes out those that have waited longest and go together. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  let characters = 0;
  const beyond = waiting.findIndex(({ text }, place) => {
    characters += text.length;
    return place === mostAtOnce || (place > 0 && characters > mostCharacters);
  });
  return waiting.splice(0, beyond === -1 ? waiting.length : beyond);
}

export function createQueue({ writer, findSeen }: Options): Queue {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let failedAt = -Infinity;

  /** Turns away those whose id was used before, in the database or earlier in the group. */
  async function withoutUsed(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const used = new Set(await findSeen(group.flatMap(idsOf)));
    return group.filter((each) => {
      const ids = idsOf(each);
      const isUsed = ids.some((id, place) => used.has(id) || ids.indexOf(id) < place);
      if (isUsed) each.settle('SEEN_BEFORE');
      else for (const id of ids) used.add(id);
      return !isUsed;
    });
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return;
    try {
      const { references } = await writer.write(group);
      for (const [place, { settle }] of group.entries()) {
        const reference = references[place];
        if (reference !== undefined) settle(reference);
      }
    } catch (error) {
      if (!wasUsed(error)) throw error;
      await commit(await withoutUsed(group));
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = takeGroup(waiting);
      try {
        await commit(group);
        failedAt = -Infinity;
      } catch (cause) {
        failedAt = performance.now();
        // Who was answered already hears nothing of it.
        for (const { fail } of group) fail(new Fault('DATABASE_UNAVAILABLE', { cause }));
      }
    }
    running = undefined;
  }

  return {
    add: (draft) =>
      new Promise((settle, fail) => {
        if (waiting.length >= mostWaiting) {
          fail(new Fault('DATABASE_UNAVAILABLE'));
          return;
        }
        waiting.push({ ...draft, settle, fail });
        // All that come in this turn of the event loop set out together.
        running ??= new Promise((begin) => setImmediate(begin)).then(run);
      }),
    isTaking: () => performance.now() >= failedAt + doubtMs,
    settled: async () => {
      await running;
    },
  };
}
