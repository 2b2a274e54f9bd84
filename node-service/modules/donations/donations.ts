/** The donations a station records one by one. A number is used once: the same again changes nothing, other content is refused. */
import { civilDateOf } from '#schema/calendar.ts';
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { DonationNumber, EventId } from '#schema/ids.ts';

import type { Entry } from '../../audit-port.ts';
import { bytesOf, dateColumn } from '../../db/columns.ts';
import type { Database } from '../../db/client.ts';
import type { Donation } from '../../db/generated/prisma/client.ts';
import { newEventId, tell } from '../../db/outbox.ts';
import type { Telling } from '../../db/outbox.ts';
import { donationRecorded } from '../../domain/telling.ts';
import type { ClockPort } from '../../ports.ts';
import { createCorrections } from './corrections.ts';
import type { Correction } from './corrections.ts';
import { findFlag } from './permit-check.ts';
import { refuseWhatCannotBe, saysTheSame } from './rules.ts';
import type { DonationContent } from './rules.ts';

/** A donation as a collector enters it. */
export interface NewDonation extends DonationContent {
  readonly donationNo: string;
  /** The permit it was made under: the id of the event that claimed it. */
  readonly permit: string | null;
}

export interface DonationDependencies {
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly prisma: Database['prisma'];
  readonly clock: ClockPort;
  readonly telling: Telling;
}

export interface Donations {
  /**
   * Records a donation and tells the federation. One without a permit, or under one that was not in force, is recorded all
   * the same, with a flag. Refuses `BAD_INPUT`, `PROCEDURE_NOT_OFFERED`, `FUTURE_DATE`, `CONFLICT`.
   */
  record(entry: Entry, donation: NewDonation): Promise<Donation>;
  /** Says what a donation was in truth. Refuses `NOT_FOUND`, `BAD_INPUT`, `PROCEDURE_NOT_OFFERED`, `FUTURE_DATE`. */
  correct(entry: Entry, correction: Correction): Promise<Donation>;
}

function permitOf(text: string | null): EventId | null {
  const id = EventId.nullable().safeParse(text);
  if (!id.success) throw new Refused('BAD_INPUT', 'permit: the id of a permit');
  return id.data;
}

export function createDonations(dependencies: DonationDependencies): Donations {
  const { prisma, clock, telling } = dependencies;

  return {
    async record(entry, donation) {
      const { donationNo, token, procedure, collectedAt, volumeMl, outcome } = donation;
      if (!DonationNumber.safeParse(donationNo).success) {
        throw new Refused('BAD_INPUT', 'donationNo: 1 to 40 letters, digits and . _ / -');
      }
      refuseWhatCannotBe(donation, dependencies);
      const permit = permitOf(donation.permit);
      const eventId = newEventId();
      const said = { donationNo, token: bytesOf(token), procedure, collectedAt, volumeMl, outcome };
      const flag = await findFlag(dependencies, { ...donation, permit });
      const data = { ...said, collectedOn: dateColumn(civilDateOf(collectedAt)), permit, flag, eventId };
      const recorded = await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.donation.createMany({ data, skipDuplicates: true });
        if (count === 1) {
          const body = donationRecorded(donation, permit);
          await tell(transaction, { id: eventId, token, body, at: clock.now(), partitions: telling.partitions });
        }
        const known = await transaction.donation.findUniqueOrThrow({ where: { donationNo } });
        if (count === 1) await entry.changed(transaction, { record: donationNo, outcome: 'RECORDED' });
        return known;
      });
      if (!saysTheSame(recorded, donation) || recorded.permit !== permit) throw new Refused('CONFLICT');
      if (recorded.eventId === eventId) telling.onTold();
      return recorded;
    },

    correct: createCorrections(dependencies),
  };
}
