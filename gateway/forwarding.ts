/**
 * Questions on their way to a station, each under a JWT of the gateway's own: around the request of the station that asks, or
 * for somebody at the gateway. The very bytes are passed on. They are queries always; one that got lost before the station
 * began to answer is asked a second time within its deadline, under a new JWT.
 */
import { setTimeout as pause } from 'node:timers/promises';

import type { Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import { exchangeHeaders } from '#schema/exchange.ts';
import type { ForwardClaims } from '#schema/exchange.ts';
import type { Digest, GatewayCode } from '#schema/ids.ts';
import { provedAnswer } from '#server/keys/answer-proof.ts';
import { lifeOf } from '#server/keys/exchange-jwt.ts';
import type { ExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import type { MemberSigner } from '#server/keys/member-keys.ts';

import type { Answer } from './exchange.ts';
import type { Retries } from './retries.ts';
import { Lost } from './station-link.ts';
import type { StationLinks } from './station-links.ts';

/** How long a JWT of the gateway holds, in seconds. */
const LIFE_S = 30;
/** A second time is never at once, nor at the same moment for all. */
const PAUSE_MS = 20;
const JITTER_MS = 80;

/** On whose behalf: a request as it came, or somebody at the gateway. */
export type By = { readonly request: string } | { readonly asker: NonNullable<ForwardClaims['asker']> };

export interface Forwarded {
  readonly body: string;
  /** Of the body. */
  readonly digest: Digest;
  readonly by: By;
  readonly requestId: string;
  /** A longer answer is not read. */
  readonly answerBytes: number;
}

/** What came back, and the name of what was asked. */
interface ForwardAnswer extends Answer {
  readonly jti: string;
}

/** Both reject with a `Fault` that names the station when it answers nothing. */
export interface Forwarding {
  /** What is answered, unread. */
  ask(member: Member, forwarded: Forwarded): Promise<Answer>;
  /** What is answered to the gateway itself, proved to be the station's own. Rejects with `STATION_REFUSED` and `STATION_NOT_PROVED` as well. */
  askForItself(member: Member, forwarded: Forwarded): Promise<Answer>;
}

export interface ForwardingOptions {
  readonly gateway: GatewayCode;
  readonly signer: MemberSigner;
  readonly verifier: Pick<ExchangeVerifier, 'answer'>;
  readonly links: StationLinks;
  readonly retries: Retries;
  /** A station's time to answer, in milliseconds. */
  readonly deadlineMs: number;
}

export function createForwarding(options: ForwardingOptions): Forwarding {
  const { gateway, signer, verifier, links, retries, deadlineMs } = options;

  const askOnce = async (member: Member, forwarded: Forwarded, left: number): Promise<ForwardAnswer> => {
    const { body, digest, by, requestId, answerBytes } = forwarded;
    const life = lifeOf(Date.now(), LIFE_S);
    const claims: ForwardClaims = { iss: gateway, aud: member.code, body: digest, ...by, ...life };
    const jwt = await signer.sign('forward', JSON.stringify(claims));
    const headers = [
      ...['content-type', 'application/json', 'accept', 'application/json'],
      ...['x-request-id', requestId, exchangeHeaders.forward, jwt],
    ];
    const question = { method: 'POST', path: '/graphql', headers, body, answerBytes, deadlineMs: left } as const;
    return { ...(await links.ask(member, question)), jti: life.jti };
  };

  /** Whether it came through after all the first time shows in that the second is refused as a replay. */
  const askAgain = async (member: Member, forwarded: Forwarded, began: number, lost: Lost): Promise<ForwardAnswer> => {
    const wait = PAUSE_MS + Math.random() * JITTER_MS;
    const left = deadlineMs - (performance.now() - began) - wait;
    if (left <= 0 || !retries.spend()) throw lost;
    await pause(wait);
    const answer = await askOnce(member, forwarded, left);
    if (answer.status === 401) throw lost;
    return answer;
  };

  const ask = async (member: Member, forwarded: Forwarded): Promise<ForwardAnswer> => {
    const began = performance.now();
    retries.earn();
    try {
      return await askOnce(member, forwarded, deadlineMs);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      return await askAgain(member, forwarded, began, error);
    }
  };

  return {
    ask,
    async askForItself(member, forwarded) {
      const station = member.code;
      const answer = await ask(member, forwarded);
      const { status, body, jwt, jti } = answer;
      if (status === 401 || status === 403) throw new Fault('STATION_REFUSED', { station });
      if (jwt === null && status !== 200) return answer;
      const proof = { station, status, body, jwt: jwt ?? '' };
      if (await provedAnswer(verifier, proof, { by: gateway, jti })) return answer;
      throw new Fault('STATION_NOT_PROVED', { station });
    },
  };
}
