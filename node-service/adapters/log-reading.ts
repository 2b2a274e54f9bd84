/** Reads a topic of the donor log for ever: in sessions, each of which ends when its connection does or the reading does. */
import type { Logger } from 'pino';

import type { LogReading, LogTopic } from '../ports.ts';
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

/** Reads until the signal fires and the last delivery has settled; a session that breaks is followed by another one. */
export async function readForEver(reader: SessionReader, reading: LogReading, signal: AbortSignal): Promise<void> {
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
