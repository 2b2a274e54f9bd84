/** A gateway that is not ours: it carries a question to stations that it plays itself, and does with their answers what a test wants. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { createGatewayExchange } from '#node/adapters/gateway-exchange.ts';
import type { AuditPayload } from '#schema/audit.ts';
import type { SignedAnswer } from '#schema/exchange.ts';
import { Digest, GatewayCode, StationCode } from '#schema/ids.ts';
import { createExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import { createMemberSigner, createMemberVerifier } from '#server/keys/member-keys.ts';
import { createTestDirectory } from '#test/support/donor-log.ts';
import { answerClaims, claimsOf, jwtOf } from '#test/support/exchange.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';
import { memberOf } from '#test/support/station.ts';
import { suspendedSince } from '#test/support/directory.ts';

export const self = StationCode.parse('310198B01');
export const jiangsu = StationCode.parse('320198B01');
export const zhejiang = StationCode.parse('330198B01');
export const suspended = StationCode.parse('340198B01');

/** What the gateway was asked to carry. */
export interface Carried {
  readonly question: string;
  readonly variables: Record<string, unknown>;
  readonly except: string[] | undefined;
  readonly to: string[] | undefined;
  /** The claims of the request. */
  readonly request: Record<string, unknown>;
}

/** A station's answer as it would come, signed by whoever is named. */
export function signedAnswer(carried: Carried, code: string, body: unknown, by = code): SignedAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const claims = answerClaims(by, String(carried.request['iss']), String(carried.request['jti']), {
    status: 200,
    body: text,
  });
  return {
    station: StationCode.parse(code),
    status: 200,
    body: text,
    jwt: jwtOf('answer', by, claims),
    fault: null,
  };
}

export type Carrying = (carried: Carried) => unknown;

async function carriedBy(request: IncomingMessage): Promise<Carried> {
  const { variables } = (await json(request)) as { variables: { question: string; to?: string[]; except?: string[] } };
  const { question, to, except } = variables;
  const asked = JSON.parse(question) as { variables: Record<string, unknown> };
  return { question, variables: asked.variables, to, except, request: claimsOf(request.headers['lookout-request']) };
}

/** A gateway that answers this, with the asking station behind it; `undefined` is no answer at all. */
export async function startForeignGateway(carry: Carrying) {
  const carried: Carried[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const one = await carriedBy(request);
    carried.push(one);
    const said = carry(one);
    if (said === undefined) return;
    const body = Array.isArray(said) ? { data: { exchange: said as unknown } } : said;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asking = exchangeAt(`http://127.0.0.1:${port}`);
  return {
    ...asking,
    carried,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await asking.exchange.stop();
    },
  };
}

/** The asking side of a station, behind a gateway at this address. */
export function exchangeAt(gatewayUrl: string) {
  const members = [memberOf(self), memberOf(jiangsu), memberOf(zhejiang), memberOf(suspended, suspendedSince())];
  const directory = createTestDirectory(members);
  const entries: AuditPayload[] = [];
  const exchange = createGatewayExchange({
    gatewayUrl,
    gateway: GatewayCode.parse('G01'),
    station: self,
    directory,
    signer: createMemberSigner(testSigningKey(self)),
    verifier: createExchangeVerifier({
      directory,
      verifier: createMemberVerifier({ directory }),
      now: () => Date.now(),
    }),
    audit: {
      record: (payload) => {
        entries.push(payload);
        return Promise.resolve({ seq: entries.length, hash: Digest.parse('A'.repeat(43)) });
      },
    },
    deadlineMs: 2_000,
  });
  return { exchange, entries, directory };
}
