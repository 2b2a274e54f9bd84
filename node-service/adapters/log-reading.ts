/** Reads a topic of the donor log for ever: in sessions, each of which ends when its connection does or the reading does. */
import type { Logger } from 'pino';

import type { LogPort, LogReading, LogTopic } from '../ports.ts';
import { createBackOff, createDeliveries, waitUnlessAborted } from './log-deliveries.ts';
import type { Deliveries } from './log-deliveries.ts';
import type { LogHealth } from './log-health.ts';

/** What an engine reads with, over one connection of its own. */
export interface Session {
  readonly topic: LogTopic;
  /** Knows where reading goes on, whatever became of the session before. */
  readonly deliveries: Deliveries;
  /** The log answered. */
  readonly heard: () => void;
  readonly signal: AbortSignal;
}

export interface SessionReader {
  /** Resolves once the log was seen to be what it should be. */
  readonly ready: () => Promise<void>;
  /** What broke may have broken because the log is no longer what it was. */
  readonly forget: () => void;
  readonly health: LogHealth;
  readonly log: Logger;
  /** Rejects when the session breaks, resolves when the signal fires. */
  readonly readSession: (session: Session) => Promise<void>;
}

/** All readings of one engine, each until its signal fires, and none beyond `stop`. */
export interface Readings {
  readonly read: LogPort['read'];
  /** Resolves when the last delivery has settled. */
  readonly stop: () => Promise<void>;
}

export function createReadings(reader: SessionReader): Readings {
  const stopping = new AbortController();
  const going = new Set<Promise<void>>();
  return {
    read: (reading, signal) => {
      const either = AbortSignal.any([signal, stopping.signal]);
      const begun = readForEver(reader, reading, either).finally(() => going.delete(begun));
      going.add(begun);
      return begun;
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(going);
    },
  };
}

/** Reads until the signal fires and the last delivery has settled; a session that breaks is followed by another one. */
async function readForEver(reader: SessionReader, reading: LogReading, signal: AbortSignal): Promise<void> {
  const { ready, forget, health, log, readSession } = reader;
  const { topic } = reading;
  const deliveries = createDeliveries(reading, signal, log);
  const backOff = createBackOff();
  const heard = () => {
    backOff.reset();
    health.freed(deliveries);
    health.heard();
  };
  while (!signal.aborted) {
    try {
      await ready();
      // The next session would hand on what this one still does: two of one partition at once.
      await readSession({ topic, deliveries, heard, signal }).finally(deliveries.settled);
    } catch (error) {
      forget();
      // A warning: that the log is lost is said once, as an error, by its health.
      log.warn({ err: error, topic }, 'reading the donor log broke off, it is taken up again');
      health.stuck(deliveries, error);
      await waitUnlessAborted(backOff.next(), signal);
    }
  }
  health.freed(deliveries);
}
