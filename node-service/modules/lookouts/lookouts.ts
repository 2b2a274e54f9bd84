/** The lookout list of a station: confirmed-positive donors. Others see a neutral bar; the marker stays here. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { Refused } from '#schema/errors.ts';
import { LookoutNumber } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { Marker } from '#schema/procedures.ts';

import { bytesOf, civilDateOfColumn, dateColumn, tokenOf } from '../../db/columns.ts';
import type { Database } from '../../db/client.ts';
import type { Lookout } from '../../db/generated/prisma/client.ts';
import type { ClockPort } from '../../ports.ts';

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
  readonly clock: ClockPort;
}

export interface Lookouts {
  /** Puts a donor on the list. Refuses `BAD_INPUT`, `FUTURE_DATE`, `CONFLICT`. */
  report(lookout: NewLookout): Promise<Lookout>;
  /** Takes a donor off it from a day on. Refuses `NOT_FOUND`, `FUTURE_DATE`, `CLEARED_BEFORE_CONFIRMED`, `CONFLICT`. */
  clear(lookoutNo: string, clearedOn: CivilDate | null): Promise<Lookout>;
}

export function createLookouts({ prisma, clock }: Dependencies): Lookouts {
  const today = (): CivilDate => civilDateOf(clock.now());

  const isSame = (known: Lookout, lookout: NewLookout): boolean =>
    tokenOf(known.token) === lookout.token &&
    known.marker === lookout.marker &&
    civilDateOfColumn(known.confirmedOn) === lookout.confirmedOn &&
    known.laboratory === lookout.laboratory;

  return {
    async report(lookout) {
      const { lookoutNo, token, marker, confirmedOn, laboratory } = lookout;
      if (!LookoutNumber.safeParse(lookoutNo).success) {
        throw new Refused('BAD_INPUT', 'lookoutNo: 1 to 40 letters, digits and . _ / -');
      }
      if (laboratory.length < 1 || laboratory.length > 200)
        throw new Refused('BAD_INPUT', 'laboratory: 1 to 200 characters');
      if (confirmedOn > today()) throw new Refused('FUTURE_DATE');
      const data = { lookoutNo, token: bytesOf(token), marker, confirmedOn: dateColumn(confirmedOn), laboratory };
      await prisma.lookout.createMany({ data, skipDuplicates: true });
      const reported = await prisma.lookout.findUniqueOrThrow({ where: { lookoutNo } });
      if (!isSame(reported, lookout)) throw new Refused('CONFLICT');
      return reported;
    },

    async clear(lookoutNo, clearedOn) {
      const day = clearedOn ?? today();
      if (day > today()) throw new Refused('FUTURE_DATE');
      const known = await prisma.lookout.findUnique({ where: { lookoutNo } });
      if (known === null) throw new Refused('NOT_FOUND');
      if (day < civilDateOfColumn(known.confirmedOn)) throw new Refused('CLEARED_BEFORE_CONFIRMED');
      await prisma.lookout.updateMany({ where: { lookoutNo, clearedOn: null }, data: { clearedOn: dateColumn(day) } });
      const cleared = await prisma.lookout.findUniqueOrThrow({ where: { lookoutNo } });
      if (cleared.clearedOn === null || civilDateOfColumn(cleared.clearedOn) !== day) throw new Refused('CONFLICT');
      return cleared;
    },
  };
}
