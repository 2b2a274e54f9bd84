/**
 * What all stations together hold of a donor. Every active station is asked the same question at once; who does not
 * answer in time and in form is missing in the coverage, by name, and costs nothing but its own part.
 */
import { coverageOf } from '#schema/coverage.ts';
import type { Coverage, StationCoverage } from '#schema/coverage.ts';
import type { Member } from '#schema/directory.ts';
import type { DonorFacts, DonorHolding } from '#schema/facts.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';
import type { DirectoryFile } from '#server/directory-file.ts';

import { holdingsQuestion, readHoldings } from './holdings.ts';
import type { StationLinks } from './station-links.ts';
import type { StationNotes } from './station-notes.ts';

/** One donor as the federation knows it. */
export interface Donor extends DonorFacts {
  readonly token: DonorToken;
  readonly coverage: Coverage;
}

export interface AskedBy {
  /** Stations that need not be asked: an asking station knows its own. */
  readonly except: readonly StationCode[];
  readonly requestId: string;
}

/** Never reject: who is not heard is missing in the coverage. */
export interface Donors {
  donor(token: DonorToken, asked: AskedBy): Promise<Donor>;
  /** One donor a token, in their order, with one question a station. */
  donors(tokens: readonly DonorToken[], asked: AskedBy): Promise<Donor[]>;
}

interface Heard {
  readonly station: StationCode;
  /** One a token; none when the station is missing. */
  readonly holdings: readonly DonorHolding[];
  readonly coverage: StationCoverage;
}

function mergeInto(donor: Donor, holding: DonorHolding, station: StationCode): void {
  for (const { procedure, collectedOn, volumeMl, outcome } of holding.donations) {
    donor.donations.push({ station, procedure, collectedOn, volumeMl, outcome });
  }
  for (const { since, until } of holding.bars) donor.bars.push({ station, since, until });
  for (const { since, until } of holding.registrations) donor.registrations.push({ station, since, until });
}

/** The donor whose token was asked about at this place of the question. */
function merge(token: DonorToken, at: number, heard: readonly Heard[], coverage: Coverage): Donor {
  const donor: Donor = { token, donations: [], bars: [], registrations: [], coverage };
  for (const { station, holdings } of heard) {
    const holding = holdings[at];
    if (holding !== undefined) mergeInto(donor, holding, station);
  }
  return donor;
}

const coverageBy = (heard: readonly Heard[]) => coverageOf(heard.map((station) => station.coverage));

export interface DonorsOptions {
  readonly directory: DirectoryFile;
  readonly links: StationLinks;
  readonly notes: StationNotes;
}

export function createDonors({ directory, links, notes }: DonorsOptions): Donors {
  const hear = async (tokens: readonly DonorToken[], { except, requestId }: AskedBy): Promise<Heard[]> => {
    const asOf = new Date().toISOString();
    const question = holdingsQuestion(tokens, requestId);
    const hearOne = async (member: Member): Promise<Heard> => {
      const station = member.code;
      try {
        const holdings = readHoldings(member, tokens, await links.ask(member, question(member)));
        notes.answered(station);
        return { station, holdings, coverage: { station, state: 'LIVE', asOf, fault: null } };
      } catch (error) {
        const fault = notes.failed(station, error).code;
        return { station, holdings: [], coverage: { station, state: 'MISSING', asOf: null, fault } };
      }
    };
    const { members } = directory.current();
    return Promise.all(
      members.filter(({ code, status }) => status === 'ACTIVE' && !except.includes(code)).map(hearOne),
    );
  };
  return {
    donor: async (token, asked) => {
      const heard = await hear([token], asked);
      return merge(token, 0, heard, coverageBy(heard));
    },
    donors: async (tokens, asked) => {
      const heard = await hear(tokens, asked);
      const coverage = coverageBy(heard);
      return tokens.map((token, at) => merge(token, at, heard, coverage));
    },
  };
}
