/** The donations a station records one by one. A number is used once: the same again changes nothing, other content is refused. */
import { civilDateOf } from '#schema/calendar.ts';
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { DonationNumber } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import { offers } from '#schema/procedures.ts';
import type { Outcome, Procedure } from '#schema/procedures.ts';

import { bytesOf, dateColumn, tokenOf } from '../../db/columns.ts';
import type { Database } from '../../db/client.ts';
import type { Donation } from '../../db/generated/prisma/client.ts';
import type { ClockPort } from '../../ports.ts';

/** A donation as a collector enters it. */
export interface NewDonation {
  readonly donationNo: string;
  readonly token: DonorToken;
  readonly procedure: Procedure;
  readonly collectedAt: Date;
  readonly volumeMl: number;
  readonly outcome: Outcome;
}

interface Dependencies {
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly prisma: Database['prisma'];
  readonly clock: ClockPort;
}

export interface Donations {
  /** Records a donation. Refuses `BAD_INPUT`, `PROCEDURE_NOT_OFFERED`, `FUTURE_DATE`, `CONFLICT`. */
  record(donation: NewDonation): Promise<Donation>;
}

const largestVolumeMl = 100_000;

export function createDonations({ station, prisma, clock }: Dependencies): Donations {
  function refuseWhatCannotBe(donation: NewDonation): void {
    if (!DonationNumber.safeParse(donation.donationNo).success) {
      throw new Refused('BAD_INPUT', 'donationNo: 1 to 40 letters, digits and . _ / -');
    }
    if (!offers(station.kind, donation.procedure)) throw new Refused('PROCEDURE_NOT_OFFERED');
    if (donation.collectedAt > clock.now()) throw new Refused('FUTURE_DATE');
    if (donation.volumeMl < 0 || donation.volumeMl > largestVolumeMl) {
      throw new Refused('BAD_INPUT', 'volumeMl: 0 to 100,000');
    }
  }

  const isSame = (known: Donation, donation: NewDonation): boolean =>
    tokenOf(known.token) === donation.token &&
    known.procedure === donation.procedure &&
    known.collectedAt.getTime() === donation.collectedAt.getTime() &&
    known.volumeMl === donation.volumeMl &&
    known.outcome === donation.outcome;

  return {
    async record(donation) {
      refuseWhatCannotBe(donation);
      const { donationNo, token, procedure, collectedAt, volumeMl, outcome } = donation;
      const collectedOn = dateColumn(civilDateOf(collectedAt));
      const data = { donationNo, token: bytesOf(token), procedure, collectedAt, collectedOn, volumeMl, outcome };
      await prisma.donation.createMany({ data, skipDuplicates: true });
      const recorded = await prisma.donation.findUniqueOrThrow({ where: { donationNo } });
      if (!isSame(recorded, donation)) throw new Refused('CONFLICT');
      return recorded;
    },
  };
}
