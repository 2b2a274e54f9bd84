/**
 * A donor as the gateway answers it: what every station holds, merged, each fact with the station that says it, and the
 * coverage. These are fields of the stitched schema itself and not of a subschema: nothing is delegated, since all
 * stations get one question that never changes (`holdings.ts`).
 */
import { z } from 'zod';

import { faults } from '#schema/codes.ts';
import { Refused } from '#schema/errors.ts';
import { largestBatch } from '#schema/facts.ts';
import { DonorToken, StationCode } from '#schema/ids.ts';

import type { Context } from './context.ts';
import type { Donor } from './donors.ts';

const faultValues = Object.entries(faults).map(([code, { en }]) => `${JSON.stringify(en)} ${code}`);

export const donorTypeDefs = /* GraphQL */ `
  "What the federation can be asked."
  type Query {
    "What all active stations hold of a donor, asked now."
    donor(
      "The donor."
      token: DonorToken!
      "Stations that need not be asked."
      except: [StationCode!]
    ): Donor!
    "The same for up to 1,000 donors, in their order, with one question a station."
    donors(
      "The donors."
      tokens: [DonorToken!]!
      "Stations that need not be asked."
      except: [StationCode!]
    ): [Donor!]!
  }

  "What the stations together hold of a donor. An empty list means nothing is held only as far as the coverage goes."
  type Donor {
    "The donor."
    token: DonorToken!
    "All draws, in no order."
    donations: [FederationDonation!]!
    "All bars, also lifted ones."
    bars: [FederationBar!]!
    "All registrations, also released ones."
    registrations: [FederationRegistration!]!
    "Who was heard."
    coverage: Coverage!
  }

  "A draw, and the station that holds it."
  type FederationDonation {
    "The station."
    station: StationCode!
    "What was taken."
    procedure: Procedure!
    "The local day."
    collectedOn: Date!
    "How much, in millilitres."
    volumeMl: Int!
    "How it ended."
    outcome: Outcome!
  }

  "Refer this donor to a physician, and the station that says so. Names no marker."
  type FederationBar {
    "The station."
    station: StationCode!
    "The first day it holds."
    since: Date!
    "The first day it no longer holds; null while it does."
    until: Date
  }

  "The donor is registered at a plasma station."
  type FederationRegistration {
    "The plasma station."
    station: StationCode!
    "The first day it holds."
    since: Date!
    "The first day it no longer holds; null while it does."
    until: Date
  }

  "What an answer rests on: every station that was asked, once."
  type Coverage {
    "Whether every one of them was heard."
    complete: Boolean!
    "Each station once."
    stations: [StationCoverage!]!
  }

  "One station's part in an answer."
  type StationCoverage {
    "The station."
    station: StationCode!
    "Whether it was heard."
    state: CoverageState!
    "Why it is missing."
    fault: FaultCode
    "The instant up to which what it said is complete."
    asOf: DateTime
  }

  "A station's part in an answer."
  enum CoverageState {
    "The asking station's own records."
    OWN
    "The asking station's copy of the donor log, complete for this station up to \`asOf\`."
    REPLICATED
    "It answered just now."
    LIVE
    "Neither; \`fault\` says why."
    MISSING
  }

  "What broke."
  enum FaultCode {
    ${faultValues.join('\n    ')}
  }

  "An instant, ISO 8601 in UTC."
  scalar DateTime
`;

const except = z
  .array(StationCode)
  .nullish()
  .transform((codes) => codes ?? []);
const DonorArguments = z.object({ token: DonorToken, except });
const DonorsArguments = z.object({ tokens: z.array(DonorToken), except });

export const donorResolvers = {
  Query: {
    donor: (_: unknown, args: unknown, { donors, requestId }: Context): Promise<Donor> => {
      const asked = DonorArguments.parse(args);
      return donors.donor(asked.token, { except: asked.except, requestId });
    },
    donors: (_: unknown, args: unknown, { donors, requestId }: Context): Promise<Donor[]> => {
      const asked = DonorsArguments.parse(args);
      if (asked.tokens.length > largestBatch) throw new Refused('BATCH_TOO_LARGE');
      return donors.donors(asked.tokens, { except: asked.except, requestId });
    },
  },
};
