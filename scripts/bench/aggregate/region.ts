/** The region that figures are gathered of in the bench: so many stations with a key each, and what each counted in a year. */
import { z } from 'zod';

import { createChance } from '#gateway/aggregates/protection/chance.ts';
import { Member } from '#schema/directory.ts';
import { offers, Procedure } from '#schema/procedures.ts';
import { SigningJwk } from '#server/keys/signing-jwk.ts';

export const year = 2025;

/** What the process of the stations tells: who they are and where. */
export const Members = z.array(Member);

/** A station with the key it signs with, as the bench hands it to the process of the stations. */
export const Keyed = z.array(
  z.object({ code: z.string(), key: z.string().transform((text) => SigningJwk.parse(text)) }),
);

/** Blood stations, with a plasma station after every sixth, over 31 provinces. */
export function codeAt(at: number): string {
  const kind = at % 7 === 6 ? 'P' : 'B';
  return `${11 + (at % 31)}${String(1_000 + Math.floor(at / 31)).padStart(4, '0')}${kind}01`;
}

/** What a station counted: the same for the same place. */
export function countsAt(at: number): { period: string; class: string; count: number }[] {
  const random = createChance(at + 1);
  const kind = codeAt(at).includes('P') ? 'PLASMA' : 'BLOOD';
  const size = 4_000 * random() ** 3 + 50;
  const procedures = Procedure.options.filter((procedure) => offers(kind, procedure));
  return Array.from({ length: 12 }, (_, month) =>
    procedures.map((procedure, rank) => ({
      period: `${year}-${String(month + 1).padStart(2, '0')}`,
      class: procedure,
      count: Math.floor((size * (0.5 + random())) / 12 ** rank),
    })),
  )
    .flat()
    .filter(({ count }) => count > 0);
}
