/** Appends that wait, in the order they came, and what of them fits into one request to Kafka. */
import { Fault } from '#schema/errors.ts';

import type { Appended, LogEntry, LogTopic } from '../../ports.ts';
import { bytesOf, maxEntryBytes } from '../log-entries.ts';

/** An append whose caller waits. */
export interface Append {
  readonly topic: LogTopic;
  readonly entries: readonly LogEntry[];
  /** How many of the entries are in requests so far. */
  sent: number;
  /** The latest time Kafka gave so far. */
  appendedAt: number;
  /** Its caller has been answered. */
  isOver: boolean;
  readonly settle: (answer: Appended | Fault) => void;
}

/** The entries of one append that travel in one request. */
export interface Part {
  readonly append: Append;
  readonly entries: readonly LogEntry[];
}

/** What a record adds to its key and value, generously. */
const recordOverhead = 48;

export const unavailable = (cause: unknown): Fault =>
  cause instanceof Fault ? cause : new Fault('LOG_UNAVAILABLE', { cause });

/** Puts an append into the queue; its promise is settled within the deadline, whatever becomes of it. */
export function enqueue(
  queue: Append[],
  topic: LogTopic,
  entries: readonly LogEntry[],
  deadlineMs: number,
): Promise<Appended> {
  return new Promise((resolve, reject) => {
    const settle = (answer: Appended | Fault) => {
      if (append.isOver) return;
      append.isOver = true;
      clearTimeout(timer);
      if (answer instanceof Fault) reject(answer);
      else resolve(answer);
    };
    const append: Append = { topic, entries, sent: 0, appendedAt: 0, isOver: false, settle };
    const timer = setTimeout(() => {
      settle(unavailable(new DOMException('the append took too long', 'TimeoutError')));
    }, deadlineMs);
    queue.push(append);
  });
}

/**
 * Takes from the head of the queue what fits into one request. A request is no larger than one record batch may be, which
 * suits brokers with small limits and keeps each turn of the event loop short. What nobody waits for any more is left out.
 */
export function takeRequest(queue: Append[]): Part[] {
  const parts: Part[] = [];
  let bytes = 0;
  let done = 0;
  for (const append of queue) {
    const { entries, sent } = append;
    while (!append.isOver && append.sent < entries.length) {
      const entry = entries[append.sent];
      const size = entry === undefined ? 0 : bytesOf(entry) + recordOverhead;
      if (bytes > 0 && bytes + size > maxEntryBytes) break;
      bytes += size;
      append.sent += 1;
    }
    if (append.sent > sent) parts.push({ append, entries: entries.slice(sent, append.sent) });
    if (!append.isOver && append.sent < entries.length) break;
    done += 1;
  }
  queue.splice(0, done);
  return parts;
}
