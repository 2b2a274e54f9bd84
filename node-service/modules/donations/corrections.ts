/**
 * A donation that was recorded wrongly says from then on what it was in truth, here and at every node. What it said before
 * is kept, with who corrected it and why; those two stay at this station.
 */
import { civilDateOf } from '#schema/calendar.ts';
import { Refused } from '#schema/errors.ts';
import { EventId } from '#schema/ids.ts';

import { bytesOf, dateColumn, tokenOf } from '../../db/columns.ts';
import type { PrismaClient } from '../../db/client.ts';
import type { Donation } from '../../db/generated/prisma/client.ts';
import { newEventId, tell } from '../../db/outbox.ts';
import type { FactTransaction } from '../../db/outbox.ts';
import { donationCorrected, donationRecorded } from '../../domain/telling.ts';
import type { DonationDependencies, Donations } from './donations.ts';
import { refuseWhatCannotBe, saysTheSame } from './rules.ts';
import type { DonationContent } from './rules.ts';

/** What a donation was in truth, who says so, and why. */
export interface Correction extends Omit<DonationContent, 'token'> {
  readonly donationNo: string;
  /** The donor it was of in truth; null for the one it was recorded for. */
  readonly token: DonationContent['token'] | null;
  readonly correctedBy: string;
  readonly reason: string;
}

const longestName = 100;
const longestReason = 500;

function refuseWhatNobodySaid({ correctedBy, reason }: Correction): void {
  const isWithin = (text: string, longest: number) => text.trim() !== '' && text.length <= longest;
  if (!isWithin(correctedBy, longestName)) throw new Refused('BAD_INPUT', 'correctedBy: 1 to 100 characters');
  if (!isWithin(reason, longestReason)) throw new Refused('BAD_INPUT', 'reason: 1 to 500 characters');
}

interface Change {
  readonly known: Donation;
  readonly truth: DonationContent;
  /** The last correction before this one. */
  readonly last: EventId | undefined;
  readonly at: Date;
  readonly partitions: number;
}

/** What the change makes of the donation itself: under another donor it is another event, and was under no permit. */
interface Outcome {
  readonly correction: EventId;
  readonly renewed: Partial<Pick<Donation, 'eventId' | 'permit' | 'flag'>>;
}

/** A donation of before the donor log may not have been told yet: then it is told now, as it was. */
async function toldBefore(transaction: FactTransaction, { known, at, partitions }: Change): Promise<EventId> {
  if (known.eventId !== null) return EventId.parse(known.eventId);
  const body = donationRecorded(known, EventId.nullable().parse(known.permit));
  return tell(transaction, { token: tokenOf(known.token), body, at, partitions });
}

async function tellOf(transaction: FactTransaction, change: Change): Promise<Outcome> {
  const { known, truth, last, at, partitions } = change;
  const knownToken = tokenOf(known.token);
  const of = await toldBefore(transaction, change);
  const isOfTheSame = knownToken === truth.token;
  const body = donationCorrected(of, isOfTheSame ? truth : null);
  // Events are counted in the order of their ids, and of two corrections the last one stands: also when an instance with a
  // slower clock made it.
  const id = newEventId(last);
  const correction = await tell(transaction, { token: knownToken, body, at, partitions, id });
  if (isOfTheSame) return { correction, renewed: { eventId: of } };
  const recorded = { token: truth.token, body: donationRecorded(truth, null), at, partitions };
  const eventId = await tell(transaction, recorded);
  return {
    correction,
    renewed: { eventId, permit: null, flag: known.permit === null ? known.flag : 'WITHOUT_PERMIT' },
  };
}

async function findLast({ correction }: Pick<PrismaClient, 'correction'>, donationNo: string) {
  const last = await correction.findFirst({ where: { donationNo }, orderBy: { eventId: 'desc' } });
  return last === null ? undefined : EventId.parse(last.eventId);
}

export function createCorrections(dependencies: DonationDependencies): Donations['correct'] {
  const { prisma, clock, telling } = dependencies;

  /** The donation, locked, so that two corrections at once come one after the other. */
  async function locked(transaction: Pick<PrismaClient, '$queryRaw' | 'donation'>, donationNo: string) {
    await transaction.$queryRaw`SELECT donation_no FROM donation WHERE donation_no = ${donationNo} FOR UPDATE`;
    return transaction.donation.findUnique({ where: { donationNo } });
  }

  return async (entry, correction) => {
    refuseWhatNobodySaid(correction);
    const { donationNo, correctedBy, reason } = correction;
    const { corrected, isNew } = await prisma.$transaction(async (transaction) => {
      const known = await locked(transaction, donationNo);
      if (known === null) throw new Refused('NOT_FOUND');
      const truth = { ...correction, token: correction.token ?? tokenOf(known.token) };
      entry.about(tokenOf(known.token));
      refuseWhatCannotBe(truth, dependencies);
      if (saysTheSame(known, truth)) return { corrected: known, isNew: false };

      const at = clock.now();
      const { procedure, collectedAt, volumeMl, outcome } = known;
      const before = { donationNo, procedure, collectedAt, volumeMl, outcome };
      const last = await findLast(transaction, donationNo);
      const told = await tellOf(transaction, { known, truth, last, at, partitions: telling.partitions });
      await transaction.correction.create({
        data: { ...before, eventId: told.correction, correctedBy, reason, correctedAt: at },
      });
      const corrected = await transaction.donation.update({
        where: { donationNo },
        data: {
          token: bytesOf(truth.token),
          procedure: truth.procedure,
          collectedAt: truth.collectedAt,
          collectedOn: dateColumn(civilDateOf(truth.collectedAt)),
          volumeMl: truth.volumeMl,
          outcome: truth.outcome,
          ...told.renewed,
        },
      });
      await entry.changed(transaction, { record: donationNo, outcome: 'CORRECTED' });
      return { corrected, isNew: true };
    });
    if (isNew) telling.onTold();
    return corrected;
  };
}
