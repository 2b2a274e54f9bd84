/** What comes back through the gateway, held against what each station has signed. */
import { z } from 'zod';

import type { FaultCode } from '#schema/codes.ts';
import { AnyFaultCode } from '#schema/coverage.ts';
import { Fault } from '#schema/errors.ts';
import type { SignedAnswer } from '#schema/exchange.ts';
import type { Digest, StationCode } from '#schema/ids.ts';
import { jsonOf } from '#server/http/answer-json.ts';
import { provedAnswer } from '#server/keys/answer-proof.ts';
import type { ExchangeVerifier } from '#server/keys/exchange-jwt.ts';

import type { DirectoryPort, StationSaid } from '../../ports.ts';

/** What is on its way: the name and the JWT of the request, and when it was sent. */
export interface Sent {
  readonly jti: string;
  readonly jwt: string;
  readonly asOf: string;
}

/** One station's part, the hash of what it said, and the JWT by which it said so. */
export interface Heard {
  readonly said: StationSaid;
  readonly answer: Digest | null;
  readonly signed: string | null;
}

export const silent = (station: StationCode, fault: FaultCode): Heard => ({
  said: { station, fault },
  answer: null,
  signed: null,
});

/** Why there is no answer that was signed: what the gateway says of it, as far as it is a reason. */
function reasonOf({ fault, status }: SignedAnswer): FaultCode {
  const known = AnyFaultCode.safeParse(fault).data;
  if (known !== undefined) return known;
  if (status === null || status === 200) return 'STATION_NOT_PROVED';
  return status >= 500 ? 'STATION_FAILED' : 'STATION_REFUSED';
}

const Self = z.object({ data: z.object({ self: z.object({ code: z.string() }) }) });

/** The JSON of an answer about the very station that gives it. */
function ownJson(station: StationCode, answer: { readonly status: number; readonly body: string }): unknown {
  const json = jsonOf(station, answer);
  if (Self.safeParse(json).data?.data.self.code !== station) throw new Fault('STATION_BAD_ANSWER', { station });
  return json;
}

export interface HearingOptions {
  readonly station: StationCode;
  readonly directory: DirectoryPort;
  readonly verifier: Pick<ExchangeVerifier, 'answer'>;
}

export interface Hearing {
  /** Every station that was asked, once; unless only these were, also whoever the gateway knows of and we do not. */
  hear(
    answers: readonly SignedAnswer[],
    asked: { readonly stations: readonly StationCode[]; readonly only: boolean },
    sent: Sent,
  ): Promise<Heard[]>;
}

export function createHearing({ station: self, directory, verifier }: HearingOptions): Hearing {
  async function hearOne(answer: SignedAnswer, { jti, asOf }: Sent): Promise<Heard> {
    const { station, status, body, jwt } = answer;
    if (status === null || body === null || jwt === null) return silent(station, reasonOf(answer));
    const digest = await provedAnswer(verifier, { station, status, body, jwt }, { by: self, jti });
    if (digest === undefined) return silent(station, 'STATION_NOT_PROVED');
    try {
      return { said: { station, json: ownJson(station, { status, body }), asOf }, answer: digest, signed: jwt };
    } catch (error) {
      return {
        said: { station, fault: error instanceof Fault ? error.code : 'INTERNAL' },
        answer: digest,
        signed: jwt,
      };
    }
  }

  return {
    async hear(answers, { stations, only }, sent) {
      // Of two answers in one name the first counts, so that a second one cannot take its place.
      const first = new Map(answers.toReversed().map((answer) => [answer.station, answer]));
      const known = new Set(directory.current().members.map(({ code }) => code));
      const strange = only ? [] : [...first.keys()].filter((code) => !known.has(code));
      const hear = async (code: StationCode): Promise<Heard> => {
        const answer = first.get(code);
        return answer === undefined ? silent(code, 'STATION_UNKNOWN') : hearOne(answer, sent);
      };
      return Promise.all([...stations, ...strange].map(hear));
    },
  };
}
