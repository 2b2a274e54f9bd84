/** What a donation as entered by hand must hold to, whether it is recorded or corrected. */
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import type { DonorToken } from '#schema/ids.ts';
import { offers } from '#schema/procedures.ts';
import type { Outcome, Procedure } from '#schema/procedures.ts';

import { tokenOf } from '../../db/columns.ts';
import type { Donation } from '../../db/generated/prisma/client.ts';
import type { ClockPort } from '../../ports.ts';

/** What a donation says besides its number. */
export interface DonationContent {
  readonly token: DonorToken;
  readonly procedure: Procedure;
  readonly collectedAt: Date;
  readonly volumeMl: number;
  readonly outcome: Outcome;
}

const largestVolumeMl = 100_000;

/** Throws `PROCEDURE_NOT_OFFERED`, `FUTURE_DATE`, `BAD_INPUT`. */
export function refuseWhatCannotBe(
  { procedure, collectedAt, volumeMl }: DonationContent,
  { station, clock }: { readonly station: Pick<Member, 'kind'>; readonly clock: ClockPort },
): void {
  if (!offers(station.kind, procedure)) throw new Refused('PROCEDURE_NOT_OFFERED');
  if (collectedAt > clock.now()) throw new Refused('FUTURE_DATE');
  if (volumeMl < 0 || volumeMl > largestVolumeMl) throw new Refused('BAD_INPUT', 'volumeMl: 0 to 100,000');
}

/** Whether what is known already says this. */
export function saysTheSame(known: Donation, content: DonationContent): boolean {
  return (
    tokenOf(known.token) === content.token &&
    known.procedure === content.procedure &&
    known.collectedAt.getTime() === content.collectedAt.getTime() &&
    known.volumeMl === content.volumeMl &&
    known.outcome === content.outcome
  );
}
