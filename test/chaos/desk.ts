/** What the desks of a station ask of it over GraphQL, and what they were told: only that counts as acknowledged. */
import { request } from 'undici';
import { z } from 'zod';

import { EventId } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { Outcome, Procedure } from '#schema/procedures.ts';
import { headersFor } from '#test/support/sign-in.ts';

/** Longer than any answer of a station that lives; one that is held still is given up. */
const patienceMs = 12_000;

const Reply = z.object({
  data: z
    .record(
      z.string(),
      z.object({
        __typename: z.string(),
        id: z.string().optional(),
        code: z.string().optional(),
        fault: z.string().optional(),
      }),
    )
    .nullish(),
  errors: z.array(z.unknown()).optional(),
});

/** The type of the answer, with its id or code; null when there was none. */
export type Told = { readonly type: string; readonly id: string | undefined; readonly code: string | undefined } | null;

interface Station {
  readonly code: string;
  readonly url: string;
}

async function ask(
  { code, url }: Station,
  field: string,
  parameters: string,
  variables: Record<string, unknown>,
): Promise<Told> {
  const uses = parameters.replaceAll(/\$(\w+): [\w!]+/g, (_, name: string) => `${name}: $${name}`);
  const query = `mutation Desk(${parameters}) { answer: ${field}(${uses}) {
    __typename ... on Refused { code } ${field === 'requestPermit' ? '... on Permit { id } ... on NotAvailable { fault: code }' : ''}
  } }`;
  try {
    const { body } = await request(new URL('graphql', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await headersFor(code, query)) },
      body: JSON.stringify({ query, variables }),
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    });
    const answer = Reply.parse(await body.json()).data?.['answer'];
    return answer === undefined ? null : { type: answer.__typename, id: answer.id, code: answer.code ?? answer.fault };
  } catch {
    return null;
  }
}

export interface Draw {
  readonly donationNo: string;
  readonly token: DonorToken;
  readonly procedure: Procedure;
  readonly collectedAt: Date;
  readonly outcome: Outcome;
  readonly permit?: EventId;
}

const inputOf = ({ token, collectedAt, ...rest }: Draw | Omit<Draw, 'permit'>): Record<string, unknown> => ({
  ...rest,
  donor: { token },
  collectedAt: collectedAt.toISOString(),
  volumeMl: 300,
});

export function createDesk(station: Station) {
  const input = (field: string, type: string, value: Record<string, unknown>): Promise<Told> =>
    ask(station, field, `$input: ${type}!`, { input: value });
  return {
    donate: (draw: Draw) => input('recordDonation', 'RecordDonationInput', inputOf(draw)),
    correct: (draw: Omit<Draw, 'permit'>) =>
      input('correctDonation', 'CorrectDonationInput', { ...inputOf(draw), correctedBy: 'somebody', reason: 'a slip' }),
    report: (lookoutNo: string, token: DonorToken, confirmedOn: string) =>
      input('reportLookout', 'ReportLookoutInput', {
        lookoutNo,
        donor: { token },
        confirmedOn,
        laboratory: 'a laboratory',
        marker: 'HBV',
      }),
    clear: (lookoutNo: string) => input('clearLookout', 'ClearLookoutInput', { lookoutNo }),
    register: (registrationNo: string, token: DonorToken, registeredOn: string) =>
      input('registerPlasmaDonor', 'RegisterPlasmaDonorInput', { registrationNo, donor: { token }, registeredOn }),
    unregister: (registrationNo: string) => input('releasePlasmaDonor', 'ReleasePlasmaDonorInput', { registrationNo }),
    async requestPermit(token: DonorToken, procedure: Procedure): Promise<{ told: Told; permit: EventId | null }> {
      const told = await ask(station, 'requestPermit', '$donor: DonorRef!, $procedure: Procedure!', {
        donor: { token },
        procedure,
      });
      return { told, permit: told?.type === 'Permit' ? EventId.parse(told.id) : null };
    },
    release: (id: EventId) => ask(station, 'releasePermit', '$id: ID!', { id }),
  };
}
