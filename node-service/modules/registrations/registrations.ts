/** A plasma station's own donors. Whether one is also registered elsewhere is a question eligibility asks, not this. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { RegistrationNumber } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import { offers } from '#schema/procedures.ts';

import { bytesOf, civilDateOfColumn, dateColumn, tokenOf } from '../../db/columns.ts';
import type { Database } from '../../db/client.ts';
import type { Registration } from '../../db/generated/prisma/client.ts';
import type { ClockPort } from '../../ports.ts';

/** A registration as the registrar enters it. */
export interface NewRegistration {
  readonly registrationNo: string;
  readonly token: DonorToken;
  readonly registeredOn: CivilDate;
}

interface Dependencies {
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly prisma: Database['prisma'];
  readonly clock: ClockPort;
}

export interface Registrations {
  /** Registers a donor. Refuses `BAD_INPUT`, `PROCEDURE_NOT_OFFERED` at a blood station, `FUTURE_DATE`, `CONFLICT`. */
  register(registration: NewRegistration): Promise<Registration>;
}

export function createRegistrations({ station, prisma, clock }: Dependencies): Registrations {
  return {
    async register({ registrationNo, token, registeredOn }) {
      if (!offers(station.kind, 'SOURCE_PLASMA')) throw new Refused('PROCEDURE_NOT_OFFERED');
      if (!RegistrationNumber.safeParse(registrationNo).success) {
        throw new Refused('BAD_INPUT', 'registrationNo: 1 to 40 letters, digits and . _ / -');
      }
      if (registeredOn > civilDateOf(clock.now())) throw new Refused('FUTURE_DATE');
      const data = { registrationNo, token: bytesOf(token), registeredOn: dateColumn(registeredOn) };
      await prisma.registration.createMany({ data, skipDuplicates: true });
      const known = await prisma.registration.findUniqueOrThrow({ where: { registrationNo } });
      if (tokenOf(known.token) !== token || civilDateOfColumn(known.registeredOn) !== registeredOn) {
        throw new Refused('CONFLICT');
      }
      return known;
    },
  };
}
