/**
 * What a station holds of donors: the one question, always the same text, so that a station parses it once in its life,
 * and the answer, parsed at the door. Whatever is not exactly what was asked for is not used at all.
 */
import { z } from 'zod';

import type { Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import { DonorHolding } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';

import type { Answer, Asked } from './exchange.ts';

const document = `query Holdings($code: StationCode!, $tokens: [DonorToken!]!) {
  _stations(codes: [$code]) {
    code
    donors(tokens: $tokens) {
      token
      donations { procedure collectedOn volumeMl outcome }
      bars { since until }
      registrations { since until }
    }
  }
}`;

const opening = `{"query":${JSON.stringify(document)},"variables":{"tokens":`;

/** Some hundred draws a donor are possible, a few are usual. */
const ANSWER_BYTES = 1024 * 1024;
const ANSWER_BYTES_A_DONOR = 8 * 1024;

/** Everything of the question but the station, so that it is made once for all of them. */
export function holdingsQuestion(tokens: readonly DonorToken[], requestId: string): (member: Member) => Asked {
  const body = `${opening}${JSON.stringify(tokens)},"code":"`;
  const headers = ['content-type', 'application/json', 'accept', 'application/json', 'x-request-id', requestId];
  const answerBytes = ANSWER_BYTES + tokens.length * ANSWER_BYTES_A_DONOR;
  return ({ code }) => ({ method: 'POST', path: '/graphql', headers, body: `${body}${code}"}}`, answerBytes });
}

const Said = z.object({
  data: z.object({ _stations: z.tuple([z.object({ code: z.string(), donors: z.array(DonorHolding) })]) }),
});

const hasErrors = (json: unknown) =>
  typeof json === 'object' && json !== null && 'errors' in json && Array.isArray(json.errors) && json.errors.length > 0;

/** The JSON of a station's answer, or the `Fault` that says what is wrong with it. */
export function jsonOf(station: Member, { status, body }: Answer): unknown {
  const fault = (code: 'STATION_FAILED' | 'STATION_BAD_ANSWER', cause: unknown) =>
    new Fault(code, { station: station.code, cause });
  if (status >= 400) throw fault('STATION_FAILED', `HTTP status ${status}`);
  if (status !== 200) throw fault('STATION_BAD_ANSWER', `HTTP status ${status}`);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's message quotes the body, which is no business of the log.
    throw fault('STATION_BAD_ANSWER', 'not JSON');
  }
  if (hasErrors(json)) throw fault('STATION_FAILED', 'GraphQL errors');
  return json;
}

/** One holding a token, in their order. */
export function readHoldings(station: Member, tokens: readonly DonorToken[], answer: Answer): DonorHolding[] {
  const said = Said.safeParse(jsonOf(station, answer));
  const bad = (cause: string) => new Fault('STATION_BAD_ANSWER', { station: station.code, cause });
  if (!said.success) throw bad(z.prettifyError(said.error).slice(0, 500));
  const [{ code, donors }] = said.data.data._stations;
  if (code !== station.code) throw bad('it answers for another station');
  if (donors.length !== tokens.length || donors.some(({ token }, at) => token !== tokens[at])) {
    throw bad('not the donors that were asked for, in their order');
  }
  return donors;
}
