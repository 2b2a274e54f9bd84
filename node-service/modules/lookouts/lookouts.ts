/** The lookout list of a station: confirmed-positive donors. Others see a neutral bar; the marker stays here. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { standingOf } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { EventId, LookoutNumber } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { Marker } from '#schema/procedures.ts';

import type { Entry } from '../../audit-port.ts';
import { bytesOf, civilDateOfColumn, dateColumn, tokenOf } from '../../db/columns.ts';
import type { Database } from '../../db/client.ts';
import type { Lookout } from '../../db/generated/prisma/client.ts';
import { newEventId, tell } from '../../db/outbox.ts';
import type { FactTransaction, Telling } from '../../db/outbox.ts';
import type { ClockPort, DirectoryPort } from '../../ports.ts';

/** A confirmed result as the laboratory reports it. */
export interface NewLookout {
  readonly lookoutNo: string;
  readonly token: DonorToken;
  readonly marker: Marker;
  readonly confirmedOn: CivilDate;
  readonly laboratory: string;
}

interface Dependencies {
  readonly prisma: Database['prisma'];
  readonly directory: DirectoryPort;
  readonly clock: ClockPort;
  readonly telling: Telling;
}

export interface Lookouts {
  /** Puts a donor on the list and tells the federation of a bar. Refuses `BAD_INPUT`, `FUTURE_DATE`, `CONFLICT`. */
  report(entry: Entry, lookout: NewLookout): Promise<Lookout>;
  /** Takes a donor off it from a day on; the bar is lifted everywhere. Refuses `NOT_FOUND`, `FUTURE_DATE`, `CLEARED_BEFORE_CONFIRMED`, `CONFLICT`, `DIRECTORY_EXPIRED`. */
  clear(entry: Entry, lookoutNo: string, clearedOn: CivilDate | null): Promise<Lookout>;
}

function refuseWhatCannotBe({ lookoutNo, laboratory, confirmedOn }: NewLookout, today: CivilDate): void {
  if (!LookoutNumber.safeParse(lookoutNo).success) {
    throw new Refused('BAD_INPUT', 'lookoutNo: 1 to 40 letters, digits and . _ / -');
  }
  if (laboratory.length < 1 || laboratory.length > 200) {
    throw new Refused('BAD_INPUT', 'laboratory: 1 to 200 characters');
  }
  if (confirmedOn > today) throw new Refused('FUTURE_DATE');
}

const isSame = (known: Lookout, lookout: NewLookout): boolean =>
  tokenOf(known.token) === lookout.token &&
  known.marker === lookout.marker &&
  civilDateOfColumn(known.confirmedOn) === lookout.confirmedOn &&
  known.laboratory === lookout.laboratory;

export function createLookouts({ prisma, directory, clock, telling }: Dependencies): Lookouts {
  const { partitions } = telling;
  const today = (): CivilDate => civilDateOf(clock.now());

  /** A lookout of before the donor log may not have been told yet: then its bar is told first. */
  async function barOf(transaction: FactTransaction & Pick<Database['prisma'], 'lookout'>, lookout: Lookout) {
    if (lookout.eventId !== null) return EventId.parse(lookout.eventId);
    const body = { type: 'bar.set', since: civilDateOfColumn(lookout.confirmedOn) } as const;
    const eventId = await tell(transaction, { token: tokenOf(lookout.token), body, at: clock.now(), partitions });
    await transaction.lookout.update({ where: { lookoutNo: lookout.lookoutNo }, data: { eventId } });
    return eventId;
  }

  return {
    async report(entry, lookout) {
      refuseWhatCannotBe(lookout, today());
      const { lookoutNo, token, marker, confirmedOn, laboratory } = lookout;
      const eventId = newEventId();
      const said = { lookoutNo, token: bytesOf(token), marker, laboratory };
      const data = { ...said, confirmedOn: dateColumn(confirmedOn), eventId };
      const reported = await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.lookout.createMany({ data, skipDuplicates: true });
        const body = { type: 'bar.set', since: confirmedOn } as const;
        if (count === 1) await tell(transaction, { id: eventId, token, body, at: clock.now(), partitions });
        const known = await transaction.lookout.findUniqueOrThrow({ where: { lookoutNo } });
        if (count === 1) await entry.changed(transaction, { record: lookoutNo, outcome: 'REPORTED' });
        return known;
      });
      if (!isSame(reported, lookout)) throw new Refused('CONFLICT');
      if (reported.eventId === eventId) telling.onTold();
      return reported;
    },

    async clear(entry, lookoutNo, clearedOn) {
      const day = clearedOn ?? today();
      if (day > today()) throw new Refused('FUTURE_DATE');
      const known = await prisma.lookout.findUnique({ where: { lookoutNo } });
      if (known === null) throw new Refused('NOT_FOUND');
      if (standingOf(directory.current(), clock.now().getTime()) !== 'FRESH') throw new Refused('DIRECTORY_EXPIRED');
      entry.about(tokenOf(known.token));
      if (day < civilDateOfColumn(known.confirmedOn)) throw new Refused('CLEARED_BEFORE_CONFIRMED');
      const data = { clearedOn: dateColumn(day) };
      const { count, cleared } = await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.lookout.updateMany({ where: { lookoutNo, clearedOn: null }, data });
        // Read after it is locked, and not as `known`: somebody may have told of it in between.
        const cleared = await transaction.lookout.findUniqueOrThrow({ where: { lookoutNo } });
        if (count === 1) {
          const body = { type: 'bar.lifted', of: await barOf(transaction, cleared), until: day } as const;
          await tell(transaction, { token: tokenOf(cleared.token), body, at: clock.now(), partitions });
          await entry.changed(transaction, { record: lookoutNo, outcome: 'CLEARED' });
        }
        return { count, cleared };
      });
      if (cleared.clearedOn === null || civilDateOfColumn(cleared.clearedOn) !== day) throw new Refused('CONFLICT');
      if (count === 1) telling.onTold();
      return cleared;
    },
  };
}
