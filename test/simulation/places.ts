/** When the log took what: the checker has to know whether that was under suspension. */
import { z } from 'zod';

import { memberStandingAt } from '#schema/directory.ts';
import type { Directory } from '#schema/directory.ts';
import type { EventId, StationCode } from '#schema/ids.ts';
import type { LogRecord } from '#node/ports.ts';

import type { VirtualLog } from './virtual-log.ts';

const Payload = z.object({ origin: z.string(), id: z.string() });

/** What a record names; undefined for what is nobody's event. */
function nameIn({ value }: LogRecord): string | undefined {
  const [, payload = ''] = value.split('.');
  try {
    const { origin, id } = Payload.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    return `${origin} ${id}`;
  } catch {
    return undefined;
  }
}

export interface Places {
  /** Whether what a station said counts by a directory; what the log has not taken yet, as if it took it now. */
  counts(fact: { readonly station: StationCode; readonly id: EventId }, by: Directory): boolean;
}

export function createPlaces(log: Pick<VirtualLog, 'records'>, now: () => number): Places {
  const takenAt = new Map<string, number>();
  const read: number[] = [];

  /** Reads on from where it stood. */
  function readOn(): void {
    for (const [partition, records] of log.records('donors').entries()) {
      for (const record of records.slice(read[partition] ?? 0)) {
        const name = nameIn(record);
        if (name !== undefined && !takenAt.has(name)) takenAt.set(name, record.appendedAt);
      }
      read[partition] = records.length;
    }
  }

  return {
    counts({ station, id }, { members }) {
      const member = members.find(({ code }) => code === station);
      if (member === undefined || member.suspensions.length === 0) return member !== undefined;
      readOn();
      return memberStandingAt(member, takenAt.get(`${station} ${id}`) ?? now()) === 'ACTIVE';
    },
  };
}
