/**
 * Questions to the other members, through the gateway. The question is composed and signed here, the same bytes for all of
 * them; what comes back is believed of each station that has signed it, for this question, and of nobody else. A gateway can
 * keep an answer from us, and nothing more.
 */
import { Pool } from 'undici';
import { z } from 'zod';

import { digestOfDonor } from '#schema/audit.ts';
import type { Purpose } from '#schema/caller.ts';
import type { FaultCode } from '#schema/codes.ts';
import { digestOf } from '#schema/digest.ts';
import { Fault } from '#schema/errors.ts';
import { exchangeHeaders, SignedAnswer } from '#schema/exchange.ts';
import type { RequestClaims } from '#schema/exchange.ts';
import type { GatewayCode, StationCode } from '#schema/ids.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { donorsDigest, donorsOf, questionText } from '#schema/questions.ts';
import { lifeOf } from '#server/keys/exchange-jwt.ts';
import type { ExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import type { MemberSigner } from '#server/keys/member-keys.ts';

import type { AuditPort } from '../audit-port.ts';
import type { DirectoryPort, ExchangePort, ExchangeQuestion } from '../ports.ts';
import { createHearing, silent } from './gateway-exchange/hearing.ts';
import type { Heard, Sent } from './gateway-exchange/hearing.ts';
import { callerOf } from './postgres-audit/caller-of.ts';

/** How long a request holds, in seconds. */
const lifeS = 30;

/** What one answer of the gateway may be; seven hundred stations say little each. */
const mostBytes = 64 * 1024 * 1024;

const Answer = z.object({ data: z.object({ exchange: z.array(SignedAnswer).max(5_000) }) });

interface Options {
  readonly gatewayUrl: string;
  readonly gateway: GatewayCode;
  readonly station: StationCode;
  readonly directory: DirectoryPort;
  readonly signer: MemberSigner;
  readonly verifier: Pick<ExchangeVerifier, 'answer'>;
  readonly audit: Pick<AuditPort, 'record'>;
  /** How long the gateway may take, in milliseconds; longer than it gives the stations. */
  readonly deadlineMs: number;
}

/** What this station signs for a question. */
async function sign(
  { station: iss, gateway: aud, signer }: Options,
  { text, question, asker, seal }: ExchangeQuestion & { readonly text: string },
  purpose: Purpose,
): Promise<Sent> {
  const { role, subject: sub, case: number } = asker;
  const now = Date.now();
  const life = lifeOf(now, lifeS);
  const about = { donors: donorsDigest(donorsOf(question)), body: digestOf(text), ...(seal !== undefined && { seal }) };
  const claims: RequestClaims = { iss, aud, sub, role, purpose, case: number, ...about, ...life };
  const jwt = await signer.sign('request', JSON.stringify(claims));
  return { jti: life.jti, jwt, asOf: new Date(now).toISOString() };
}

/** Writes down who asked about whom, and what each station said. */
async function note(
  { audit, station }: Options,
  { asker, question }: ExchangeQuestion,
  { jwt, asOf }: Sent,
  heard: readonly Heard[],
): Promise<void> {
  const answers = heard.map(({ said, answer, signed }) => ({
    station: said.station,
    answer,
    signed,
    fault: 'fault' in said ? said.fault : null,
  }));
  await audit.record({
    kind: 'ASKED',
    at: asOf,
    caller: callerOf({ ...asker, from: 'OWN', member: station, rights: [] }),
    donors: (donorsOf(question) ?? []).map(digestOfDonor),
    request: digestOf(jwt),
    signed: jwt,
    answers,
  });
}

export function createGatewayExchange(options: Options): ExchangePort & { stop(): Promise<void> } {
  const { station: self, directory, deadlineMs } = options;
  const { origin, pathname } = new URL('graphql', `${options.gatewayUrl.replace(/\/$/, '')}/`);
  const pool = new Pool(origin, { connections: 16, connect: { timeout: deadlineMs }, maxResponseSize: mostBytes });
  const hearing = createHearing(options);

  // The gateway asks everybody but these, so that it is the directory it has that says who everybody is.
  const others = (stations: readonly StationCode[]): StationCode[] => {
    const asked = new Set(stations);
    const active = directory.current().members.filter(({ status }) => status === 'ACTIVE');
    return active.map(({ code }) => code).filter((code) => code !== self && !asked.has(code));
  };

  async function post(question: string, { stations, only }: ExchangeQuestion, { jwt }: Sent): Promise<SignedAnswer[]> {
    const whom = only ? { to: stations } : { except: others(stations) };
    const { body } = await pool.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json', accept: 'application/json', [exchangeHeaders.request]: jwt },
      body: JSON.stringify({ query: gatewayOperations.Exchange.document, variables: { question, ...whom } }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    return Answer.parse(await body.json()).data.exchange;
  }

  async function hear(text: string, asked: ExchangeQuestion, sent: Sent): Promise<Heard[]> {
    const silence = (fault: FaultCode) => asked.stations.map((code) => silent(code, fault));
    let answers: SignedAnswer[];
    try {
      answers = await post(text, asked, sent);
    } catch {
      return silence('GATEWAY_UNREACHABLE');
    }
    try {
      return await hearing.hear(answers, asked, sent);
    } catch (error) {
      return silence(error instanceof Fault ? error.code : 'INTERNAL');
    }
  }

  return {
    async ask(asked) {
      const { purpose } = asked.asker;
      if (purpose === null) return asked.stations.map((code) => silent(code, 'STATION_REFUSED').said);
      const text = questionText(asked.question);
      const sent = await sign(options, { ...asked, text }, purpose);
      const heard = await hear(text, asked, sent);
      await note(options, asked, sent, heard);
      return heard.map(({ said }) => said);
    },
    stop: () => pool.close(),
  };
}
