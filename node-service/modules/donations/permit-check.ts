/** Whether a donation was made under the permit it names. It is recorded either way: what was drawn was drawn. */
import type { Member } from '#schema/directory.ts';
import { EventBody } from '#schema/events.ts';
import type { DonorToken, EventId } from '#schema/ids.ts';
import type { Procedure } from '#schema/procedures.ts';

import { bytesOf, tokenOf } from '../../db/columns.ts';
import type { PrismaClient } from '../../db/client.ts';
import type { DonationFlag, Event } from '../../db/generated/prisma/client.ts';

interface Dependencies {
  readonly station: Pick<Member, 'code'>;
  readonly prisma: PrismaClient;
}

interface Named {
  readonly donationNo: string;
  readonly token: DonorToken;
  readonly procedure: Procedure;
  readonly collectedAt: Date;
  readonly permit: EventId | null;
}

const aMinute = 60_000;

/** Whether a permit the log granted was in force. Desks write minutes, so a draw within the minute of the grant counts. */
function wasInForce(claim: Event, released: Event | undefined, at: number): boolean {
  const granted = claim.appendedAt.getTime();
  const until = Math.min(granted + (claim.lifetimeMs ?? 0), released?.appendedAt.getTime() ?? Infinity);
  return Math.floor(granted / aMinute) * aMinute <= at && at < until;
}

/** A claim of this station for this donor and procedure that the log has not shown here yet: its holder knew better. */
async function isOnItsWay({ prisma }: Dependencies, id: EventId, { token, procedure }: Named): Promise<boolean> {
  const told = await prisma.outbox.findUnique({ where: { id } });
  const claim = EventBody.safeParse(told?.body).data;
  if (told === null || claim?.type !== 'permit.claimed') return false;
  return claim.procedure === procedure && tokenOf(told.token) === token;
}

/** What is irregular about a donation: no permit, or one that is not its own or was not in force; null when nothing is. */
export async function findFlag(dependencies: Dependencies, donation: Named): Promise<DonationFlag | null> {
  const { prisma, station } = dependencies;
  const { donationNo, permit, procedure, collectedAt } = donation;
  if (permit === null) return 'WITHOUT_PERMIT';
  const token = bytesOf(donation.token);
  const usedBefore = await prisma.donation.count({ where: { token, permit, donationNo: { not: donationNo } } });
  if (usedBefore > 0) return 'PERMIT_NOT_IN_FORCE';
  const told = await prisma.event.findMany({
    where: { token, origin: station.code, OR: [{ id: permit }, { about: permit, type: 'PERMIT_RELEASED' }] },
  });
  const claim = told.find(({ id }) => id === permit);
  if (claim === undefined) return (await isOnItsWay(dependencies, permit, donation)) ? null : 'PERMIT_NOT_IN_FORCE';
  const released = told.find(({ id }) => id !== permit);
  const wasGranted = claim.type === 'PERMIT_CLAIMED' && claim.claim === 'GRANTED' && claim.procedure === procedure;
  return wasGranted && wasInForce(claim, released, collectedAt.getTime()) ? null : 'PERMIT_NOT_IN_FORCE';
}
