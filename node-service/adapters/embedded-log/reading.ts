/**
 * Reads a topic of the embedded log, over a connection of its own that listens. A look at the partitions' ends
 * says where there is something to read; then each partition is read page by page, a page once the one before is taken.
 */
import pg from 'pg';

import type { EmbeddedLogOptions } from '../embedded-log.ts';
import type { Session } from '../log-reading.ts';
import { boundsOf, pageOf } from './tables.ts';

/** The longest time without a look: a notification that was lost costs no more than this. */
const lookMs = 5_000;

/** One session: rejects when it breaks, resolves when the signal fires. */
export async function readSession(
  { url, deadlineMs = 5_000 }: EmbeddedLogOptions,
  { topic, deliveries, heard, signal }: Session,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'lookout log reader',
    connectionTimeoutMillis: deadlineMs,
    query_timeout: deadlineMs,
    keepAlive: true,
  });
  const bell = createBell(client, signal);
  try {
    await client.connect();
    await client.query(`LISTEN log_${topic}`);
    while (!signal.aborted) {
      bell.clear();
      const bounds = await boundsOf(client, topic);
      heard();
      const waiting = [...bounds.entries()].filter(([partition, { start, end }]) => {
        const wanted = deliveries.positions[partition] ?? 0;
        // What the log no longer has, or does not have since it is another one, is not waited for.
        if (wanted < start || wanted > end) deliveries.positions[partition] = start;
        return (deliveries.positions[partition] ?? 0) < end;
      });
      // One question at a time on a connection; the partitions are handed on side by side.
      const handedOn: Promise<boolean>[] = [];
      for (const [partition, { end }] of waiting) {
        const records = await pageOf(client, topic, { partition, from: deliveries.positions[partition] ?? 0 });
        if (records.length > 0) handedOn.push(deliveries.deliver({ partition, records, end }));
      }
      await Promise.all(handedOn);
      if (waiting.length === 0) await bell.rung();
    }
  } finally {
    await client.end().catch(() => undefined);
    bell.stop();
  }
}

/** Rings when something was added, when it is time to look, and at the end; breaks when the connection does. */
function createBell(client: pg.Client, signal: AbortSignal) {
  let bell = Promise.withResolvers<null>();
  const ring = () => {
    bell.resolve(null);
  };
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  client.on('notification', ring);
  client.on('error', (error) => {
    broken.reject(error);
  });
  client.on('end', () => {
    broken.reject(new DOMException('the connection to the log ended', 'NetworkError'));
  });
  signal.addEventListener('abort', ring);
  return {
    clear: () => {
      bell = Promise.withResolvers();
      if (signal.aborted) ring();
    },
    rung: async () => {
      const timer = setTimeout(ring, lookMs);
      await Promise.race([bell.promise, broken.promise]).finally(() => {
        clearTimeout(timer);
      });
    },
    stop: () => {
      signal.removeEventListener('abort', ring);
    },
  };
}
