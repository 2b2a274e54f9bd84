/**
 * What one member asks of others: each question is one constant document, so that a station parses it once in its life and a
 * gateway cannot put together another. A station asked by a member answers these and nothing else.
 */
import { z } from 'zod';

import { CountsInput } from './aggregates.ts';
import { digestOf } from './digest.ts';
import { donorsText } from './exchange.ts';
import { largestBatch } from './facts.ts';
import { DonorToken } from './ids.ts';
import type { Digest } from './ids.ts';

/** A question: its document, the field of `Station` it is about, and the shape of its variables. */
interface QuestionKind {
  readonly field: string;
  readonly document: string;
  readonly variables: z.ZodType;
}

const tokens = z.array(DonorToken).max(largestBatch).readonly();

export const questions = {
  /** The minimal facts of donors. */
  holdings: {
    field: 'Station.donors',
    document: `query Holdings($tokens: [DonorToken!]!) {
  self {
    code
    donors(tokens: $tokens) {
      token
      donations { procedure collectedOn volumeMl outcome }
      bars { since until }
      registrations { since until }
    }
  }
}`,
    variables: z.strictObject({ tokens }),
  },
  /** What stands behind bars, sealed for who asks. */
  markers: {
    field: 'Station.markers',
    document: `query Markers($tokens: [DonorToken!]!) {
  self {
    code
    markers(tokens: $tokens)
  }
}`,
    variables: z.strictObject({ tokens }),
  },
  /** What a station has said in the donor log and the asking station has missed. */
  eventsSince: {
    field: 'Station.eventsSince',
    document: `query EventsSince($partition: Int!, $seq: Int!, $first: Int!) {
  self {
    code
    eventsSince(partition: $partition, seq: $seq, first: $first) { jws offset appendedAt }
  }
}`,
    variables: z.strictObject({ partition: z.int(), seq: z.int(), first: z.int() }),
  },
  /** What a station counted of closed months, for the gateway that gathers figures, which asks this in its own name. */
  counts: {
    field: 'Station.counts',
    document: `query Counts($family: CountFamily!, $year: Int!) {
  self {
    code
    counts(family: $family, year: $year) { closedUntil counts { period class count } }
  }
}`,
    variables: CountsInput,
  },
} as const satisfies Record<string, QuestionKind>;
export type QuestionName = keyof typeof questions;

/** A question by name, with what it is about. */
export type Question = {
  [Name in QuestionName]: { readonly name: Name; readonly variables: z.infer<(typeof questions)[Name]['variables']> };
}[QuestionName];

/** The donors a question is about, in its order; null when it is about none. */
export type AskedDonors = readonly DonorToken[] | null;

const openings = new Map<QuestionName, string>();

/** The body of a question, the same bytes for every station that is asked. */
export function questionText({ name, variables }: Question): string {
  const known = openings.get(name) ?? `{"query":${JSON.stringify(questions[name].document)},"variables":`;
  openings.set(name, known);
  return `${known}${JSON.stringify(variables)}}`;
}

export const donorsOf = ({ variables }: Question): AskedDonors => ('tokens' in variables ? variables.tokens : null);

/** What a signature over a question says of its donors. */
export const donorsDigest = (donors: AskedDonors): Digest | null =>
  donors === null ? null : digestOf(donorsText(donors));

const Body = z.strictObject({ query: z.string(), variables: z.unknown() });
const About = z.object({ tokens });
const kinds = new Map<string, QuestionKind>(Object.values(questions).map((kind) => [kind.document, kind]));

/** A question as it was read from a body. */
export interface ReadQuestion {
  /** The field of `Station` it is about. */
  readonly field: string;
  readonly donors: AskedDonors;
}

/** The question of a body, which is a JSON value; undefined when it is none of the above, exactly. */
export function readQuestion(json: unknown): ReadQuestion | undefined {
  const body = Body.safeParse(json).data;
  const kind = body === undefined ? undefined : kinds.get(body.query);
  if (body === undefined || kind === undefined) return undefined;
  const variables = kind.variables.safeParse(body.variables).data;
  if (variables === undefined) return undefined;
  return { field: kind.field, donors: About.safeParse(variables).data?.tokens ?? null };
}
