/** Before a unit leaves the station: the whole question once more, with everything that came to be known since. */
import type { Asker } from '#schema/caller.ts';
import type { KnownFacts } from '#schema/decision.ts';
import { Refused } from '#schema/errors.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import type { Database } from '../../db/client.ts';
import { civilDateOfColumn, tokenOf } from '../../db/columns.ts';
import { decideRelease } from '../../domain/release.ts';
import type { ReleaseDecision } from '../../domain/release.ts';

interface Dependencies {
  readonly prisma: Database['prisma'];
  readonly ruleSet: RuleSet;
  /** What a decision about this donor would rest on now. */
  readonly knownOf: (asker: Asker, token: DonorToken) => Promise<KnownFacts>;
}

/** A decision with the donor it is about. */
interface Checked extends ReleaseDecision {
  readonly donor: DonorToken;
}

export interface Release {
  /** Whether the unit of a donation may leave. Refuses `NOT_FOUND`. */
  check(asker: Asker, donationNo: string): Promise<Checked>;
}

export function createRelease({ prisma, ruleSet, knownOf }: Dependencies): Release {
  return {
    async check(asker, donationNo) {
      const donation = await prisma.donation.findUnique({ where: { donationNo } });
      if (donation === null) throw new Refused('NOT_FOUND');
      const donor = tokenOf(donation.token);
      const facts = await knownOf(asker, donor);
      // Read last, so that what opened while the others were asked is among them.
      const shows = donation.eventId === null ? [] : [{ events: { has: donation.eventId } }];
      const open = await prisma.conflict.findMany({
        where: { token: donation.token, state: 'OPEN', OR: [{ donations: { has: donationNo } }, ...shows] },
        orderBy: { id: 'asc' },
        select: { id: true },
      });
      const { procedure, volumeMl, outcome } = donation;
      const held = { procedure, volumeMl, outcome, collectedOn: civilDateOfColumn(donation.collectedOn) };
      const decision = decideRelease({ donation: held, openConflicts: open.map(({ id }) => id) }, facts, ruleSet);
      return { ...decision, donor };
    },
  };
}
