/** The question of a desk, as the command asks it at a station. */
import { z } from 'zod';

import { CivilDate } from '#schema/calendar.ts';
import { Coverage } from '#schema/coverage.ts';
import { GroundCode, Verdict } from '#schema/decision.ts';
import type { Document } from '#schema/documents.ts';
import { stationOperations } from '#schema/operations.ts';
import { Procedure } from '#schema/procedures.ts';

import { ask } from './ask.ts';
import type { Service, SignedIn } from './sign-in.ts';

export interface EligibilityQuestion {
  readonly station: Service;
  readonly signedIn: SignedIn;
  readonly document: Document;
  readonly procedure: Procedure;
  /** Today when undefined. */
  readonly on: CivilDate | undefined;
}

const Answered = z.object({
  __typename: z.literal('Decision'),
  verdict: Verdict,
  procedure: Procedure,
  on: CivilDate,
  eligibleFrom: CivilDate.nullable(),
  grounds: z.array(
    z.object({
      code: GroundCode,
      rule: z.string().nullable(),
      clause: z.string().nullable(),
      standing: z.string().nullable(),
      until: CivilDate.nullable(),
    }),
  ),
  ruleSet: z.object({ id: z.string(), hash: z.string() }),
  coverage: Coverage,
  sentenceZh: z.string(),
  sentenceEn: z.string(),
});
export type Answered = z.infer<typeof Answered>;

const Turned = z.object({ __typename: z.literal('Refused'), code: z.string(), message: z.string() });

const Answer = z.object({ eligibility: z.discriminatedUnion('__typename', [Answered, Turned]) });
export type EligibilityAnswer = z.infer<typeof Answer>['eligibility'];

export async function askEligibility(question: EligibilityQuestion): Promise<EligibilityAnswer> {
  const { station, signedIn, document, procedure, on } = question;
  const variables = { donor: { document }, procedure, on: on ?? null };
  const { data } = await ask({
    who: `Station ${station.code}`,
    url: station.url,
    signedIn,
    query: stationOperations.Check.document,
    variables,
    shape: Answer,
  });
  return data.eligibility;
}
