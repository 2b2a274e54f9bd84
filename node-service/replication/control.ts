/**
 * Reads what the members say on the control topic: heartbeats, which the watermarks are made of, and which tell what a member
 * has said in the log though nothing of it arrived here. Only the latest ones matter, so reading begins a little before the
 * end each time.
 */
import { Heartbeat } from '#schema/events.ts';

import type { Watermarks } from '../domain/watermark.ts';
import type { LogBatch, LogPort, LogRecord, VerifierPort } from '../ports.ts';
import type { Promises } from './control-promises.ts';
import type { Heads } from './heads.ts';
import { probeValue } from './heartbeat.ts';

/** So many records before the end reading begins: more than all members say while one of them is fresh. */
const recordsBack = 5_000;
const longestValue = 65_536;

export interface ControlDependencies {
  readonly log: Pick<LogPort, 'bounds' | 'read'>;
  readonly verifier: VerifierPort;
  readonly watermarks: Pick<Watermarks, 'observe'>;
  readonly promises: Pick<Promises, 'observe'>;
  readonly heads: Pick<Heads, 'take'>;
}

export interface Control {
  /** Reads until it is stopped. */
  step(): Promise<boolean>;
  /** Ends the running step. Another one ends at once. */
  stop(): void;
}

function findHeartbeat(payload: string): Heartbeat | undefined {
  try {
    return Heartbeat.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}

export function createControl({ log, verifier, watermarks, promises, heads }: ControlDependencies): Control {
  const stopping = new AbortController();

  /** A member speaks for itself only; anything else on the topic is passed over, and the next heartbeat comes soon. */
  async function heartbeatIn({ value, appendedAt }: LogRecord): Promise<Heartbeat | undefined> {
    if (value === probeValue || value.length > longestValue) return undefined;
    const signed = await verifier.verify('heartbeat', value, appendedAt);
    if (typeof signed === 'string') return undefined;
    const heartbeat = findHeartbeat(signed.payload);
    return heartbeat?.origin === signed.signer.code ? heartbeat : undefined;
  }

  async function take({ records, end }: LogBatch): Promise<void> {
    const heartbeats = await Promise.all(records.map(heartbeatIn));
    for (const [place, heartbeat] of heartbeats.entries()) {
      if (heartbeat === undefined) continue;
      // Brokers' clocks differ a little; nobody has known anything after the log took its word.
      watermarks.observe(heartbeat, records[place]?.appendedAt);
      promises.observe(heartbeat);
    }
    // After the heartbeats: a database that does not answer must not make copies look old.
    const readable = records.filter(({ value }) => value !== probeValue && value.length <= longestValue);
    await heads.take(readable, (records.at(-1)?.offset ?? 0) + 1 >= end);
  }

  return {
    async step() {
      if (stopping.signal.aborted) return false;
      const [bounds] = await log.bounds('control');
      const from = Math.max(bounds?.start ?? 0, (bounds?.end ?? 0) - recordsBack);
      await log.read({ topic: 'control', from: [from], onBatch: take }, stopping.signal);
      return !stopping.signal.aborted;
    },
    stop() {
      stopping.abort();
    },
  };
}
