/**
 * What goes wrong with stations, for the log: one line when it begins and one when it ends, not one a question. Donor
 * tokens are in questions only and never in a fault.
 */
import type { Logger } from 'pino';

import { Fault } from '#schema/errors.ts';
import type { StationCode } from '#schema/ids.ts';

export interface StationNotes {
  answered(station: StationCode): void;
  /** The fault of whatever was thrown while this station was asked. */
  failed(station: StationCode, error: unknown): Fault;
}

export function createStationNotes(log: Logger): StationNotes {
  const troubled = new Map<StationCode, Fault['code']>();
  return {
    answered: (station) => {
      if (troubled.size > 0 && troubled.delete(station)) log.info({ station }, 'station answers again');
    },
    failed: (station, error) => {
      const fault = error instanceof Fault ? error : new Fault('INTERNAL', { station, cause: error });
      if (troubled.get(station) !== fault.code) {
        troubled.set(station, fault.code);
        const { code, cause } = fault;
        log.warn({ station, code, cause: cause instanceof Error ? cause.message : cause }, 'station does not answer');
      }
      return fault;
    },
  };
}
