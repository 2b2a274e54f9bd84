/**
 * What a station asks of the others, as the gateway carries it: the question goes to each of them as it came, and what each
 * says comes back unread, with its signature. Fields of the stitched schema itself: nothing is delegated or merged.
 */
import { z } from 'zod';

import { digestOf } from '#schema/digest.ts';
import type { Member } from '#schema/directory.ts';
import type { SignedAnswer } from '#schema/exchange.ts';
import { StationCode } from '#schema/ids.ts';
import { RequestError } from '#server/errors/request-error.ts';

import type { Context } from './context.ts';
import type { Forwarded, Forwarding } from './forwarding.ts';
import type { StationNotes } from './station-notes.ts';

/** Answers grow with questions: 8 KiB for each donor, of whom some hundred draws are possible and a few are usual. */
const ANSWER_BYTES = 8 * 1024 * 1024;
const ANSWER_BYTES_A_BYTE = 180;

export const exchangeTypeDefs = /* GraphQL */ `
  "What the federation can be asked."
  type Query {
    "Puts a question to the stations: all active ones, only some, or all but some. What each says, unread."
    exchange(
      "The body of the GraphQL request each of them gets, byte for byte as it is signed in the header lookout-request."
      question: String!
      "Only these."
      to: [StationCode!]
      "All but these."
      except: [StationCode!]
    ): [SignedAnswer!]!
  }

  "What one station said, with its signature; or what kept it from saying anything."
  type SignedAnswer {
    "The station."
    station: StationCode!
    "The HTTP status of its answer; null when there is none."
    status: Int
    "Its answer as it came; null when there is none."
    body: String
    "The compact JWT with which it signed the answer; null when there is none."
    jwt: String
    "The code of the fault that came instead of an answer."
    fault: String
  }
`;

const Arguments = z.object({
  question: z.string(),
  to: z.array(StationCode).nullish(),
  except: z.array(StationCode).nullish(),
});

export interface Exchange {
  /** Never rejects: who says nothing has a fault. */
  ask(members: readonly Member[], forwarded: Omit<Forwarded, 'answerBytes'>): Promise<SignedAnswer[]>;
}

export interface ExchangeOptions {
  readonly forwarding: Pick<Forwarding, 'ask'>;
  readonly notes: StationNotes;
}

export function createExchange({ forwarding, notes }: ExchangeOptions): Exchange {
  return {
    ask: (members, question) => {
      const answerBytes = ANSWER_BYTES + question.body.length * ANSWER_BYTES_A_BYTE;
      const askOne = async (member: Member): Promise<SignedAnswer> => {
        const station = member.code;
        try {
          const { status, body, jwt } = await forwarding.ask(member, { ...question, answerBytes });
          notes.answered(station);
          return { station, status, body, jwt, fault: null };
        } catch (error) {
          return { station, status: null, body: null, jwt: null, fault: notes.failed(station, error).code };
        }
      };
      return Promise.all(members.map(askOne));
    },
  };
}

export const exchangeResolvers = {
  Query: {
    exchange: (_: unknown, args: unknown, context: Context): Promise<SignedAnswer[]> => {
      const { question, to, except } = Arguments.parse(args);
      const { directory, request, requestId, exchange } = context;
      const digest = digestOf(question);
      if (request?.claims.body !== digest) throw new RequestError('UNAUTHENTICATED');
      const [asked, spared] = [to && new Set(to), new Set(except)];
      const members = directory.members.filter(
        ({ code, status }) =>
          status === 'ACTIVE' && code !== request.claims.iss && asked?.has(code) !== false && !spared.has(code),
      );
      return exchange.ask(members, { body: question, digest, by: { request: request.jwt }, requestId });
    },
  },
};
