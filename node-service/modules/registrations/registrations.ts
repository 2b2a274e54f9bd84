/** A plasma station's own donors. Whether one is also registered elsewhere is a question eligibility asks, not this. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { EventId, RegistrationNumber } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import { offers } from '#schema/procedures.ts';

import type { Entry } from '../../audit-port.ts';
import { bytesOf, civilDateOfColumn, dateColumn, tokenOf } from '../../db/columns.ts';
import type { Database } from '../../db/client.ts';
import type { Registration } from '../../db/generated/prisma/client.ts';
import { newEventId, tell } from '../../db/outbox.ts';
import type { FactTransaction, Telling, Told } from '../../db/outbox.ts';
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
  readonly telling: Telling;
}

export interface Registrations {
  /**
   * Registers a donor and tells the federation. Refuses `BAD_INPUT`, `PROCEDURE_NOT_OFFERED` at a blood station,
   * `FUTURE_DATE`, `CONFLICT`.
   */
  register(entry: Entry, registration: NewRegistration): Promise<Registration>;
  /**
   * Lets a donor go, so that another plasma station may take them. Refuses `NOT_FOUND`, `FUTURE_DATE`, `BAD_INPUT` before
   * the first day, `CONFLICT` when released on another day already.
   */
  release(entry: Entry, registrationNo: string, releasedOn: CivilDate | null): Promise<Registration>;
}

type Transaction = FactTransaction & Pick<Database['prisma'], 'registration'>;

/** The event of a registration. One of before the donor log may not have been told yet: then it is told first. */
async function claimOf(transaction: Transaction, registration: Registration, told: Pick<Told, 'at' | 'partitions'>) {
  if (registration.eventId !== null) return EventId.parse(registration.eventId);
  const { registrationNo, token, registeredOn } = registration;
  const body = { type: 'registration.claimed', since: civilDateOfColumn(registeredOn) } as const;
  const eventId = await tell(transaction, { token: tokenOf(token), body, ...told });
  await transaction.registration.update({ where: { registrationNo }, data: { eventId } });
  return eventId;
}

export function createRegistrations(dependencies: Dependencies): Registrations {
  const { station, prisma, clock, telling } = dependencies;
  const { partitions } = telling;
  const today = (): CivilDate => civilDateOf(clock.now());

  return {
    async register(entry, { registrationNo, token, registeredOn }) {
      if (!offers(station.kind, 'SOURCE_PLASMA')) throw new Refused('PROCEDURE_NOT_OFFERED');
      if (!RegistrationNumber.safeParse(registrationNo).success) {
        throw new Refused('BAD_INPUT', 'registrationNo: 1 to 40 letters, digits and . _ / -');
      }
      if (registeredOn > today()) throw new Refused('FUTURE_DATE');
      const eventId = newEventId();
      const data = { registrationNo, token: bytesOf(token), registeredOn: dateColumn(registeredOn), eventId };
      const known = await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.registration.createMany({ data, skipDuplicates: true });
        const body = { type: 'registration.claimed', since: registeredOn } as const;
        if (count === 1) await tell(transaction, { id: eventId, token, body, at: clock.now(), partitions });
        const written = await transaction.registration.findUniqueOrThrow({ where: { registrationNo } });
        if (count === 1) await entry.changed(transaction, { record: registrationNo, outcome: 'REGISTERED' });
        return written;
      });
      if (tokenOf(known.token) !== token || civilDateOfColumn(known.registeredOn) !== registeredOn) {
        throw new Refused('CONFLICT');
      }
      if (known.eventId === eventId) telling.onTold();
      return known;
    },

    async release(entry, registrationNo, releasedOn) {
      const day = releasedOn ?? today();
      if (day > today()) throw new Refused('FUTURE_DATE');
      const known = await prisma.registration.findUnique({ where: { registrationNo } });
      if (known === null) throw new Refused('NOT_FOUND');
      entry.about(tokenOf(known.token));
      if (day < civilDateOfColumn(known.registeredOn)) {
        throw new Refused('BAD_INPUT', 'releasedOn: not before the first day of the registration');
      }
      const data = { releasedOn: dateColumn(day) };
      const { count, released } = await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.registration.updateMany({
          where: { registrationNo, releasedOn: null },
          data,
        });
        // Read after it is locked, and not as `known`: somebody may have told of it in between.
        const released = await transaction.registration.findUniqueOrThrow({ where: { registrationNo } });
        if (count === 1) {
          const told = { at: clock.now(), partitions };
          const of = await claimOf(transaction, released, told);
          const body = { type: 'registration.released', of, until: day } as const;
          await tell(transaction, { token: tokenOf(released.token), body, ...told });
          await entry.changed(transaction, { record: registrationNo, outcome: 'RELEASED' });
        }
        return { count, released };
      });
      if (released.releasedOn === null || civilDateOfColumn(released.releasedOn) !== day) throw new Refused('CONFLICT');
      if (count === 1) telling.onTold();
      return released;
    },
  };
}
