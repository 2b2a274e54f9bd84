/**
 * Foreign stations, as the gateway may meet them: each answers over real HTTP, correctly or in one of the ways a broken,
 * slow or lying station does.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { z } from 'zod';

import type { Member } from '#schema/directory.ts';
import { StationCode } from '#schema/ids.ts';
import { answerClaims, claimsOf, jwtOf } from '#test/support/exchange.ts';
import { testPublicKey } from '#test/support/signing-keys.ts';

const Asked = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
export type Asked = z.infer<typeof Asked>;

/** What a station answers to a question; the default is that of an honest one. */
export type Behaviour = (response: ServerResponse, asked: Asked, code: string) => void;

export interface StandIn extends AsyncDisposable {
  readonly member: Member;
  /** How many questions it got. */
  readonly asked: Asked[];
  /** The same byte for byte, and the claims each came under. */
  readonly bodies: string[];
  readonly forwards: Record<string, unknown>[];
  behaviour: Behaviour;
  readiness: 200 | 503;
}

/** The item of an honest station for whatever the gateway asks in these tests. */
export function itemFor(code: string): Record<string, unknown> {
  return {
    __typename: 'Station',
    code,
    _answeredBy: code,
    version: '1.2.3',
    ready: true,
    replication: { __typename: 'Replication', lag: 0, members: 3 },
  };
}

/** What each answer under way is signed for. */
const asking = new WeakMap<
  ServerResponse,
  { readonly forward: string | string[] | undefined; readonly code: string }
>();

/** Says something, and signs it. */
export const say = (response: ServerResponse, said: unknown, status = 200) => {
  const body = typeof said === 'string' ? said : JSON.stringify(said);
  const { forward, code = '' } = asking.get(response) ?? {};
  const { iss, jti, request } = claimsOf(forward);
  const asked = typeof request === 'string' ? claimsOf(request) : { iss, jti };
  const claims = answerClaims(code, String(asked['iss']), String(asked['jti']), { status, body });
  response.writeHead(status, { 'content-type': 'application/json', 'lookout-answer': jwtOf('answer', code, claims) });
  response.end(body);
};

export const honest: Behaviour = (response, _asked, code) => {
  say(response, { data: { _stations: [itemFor(code)] } });
};

async function answer(standIn: StandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/livez') {
    if (standIn.behaviour === honest) response.end();
    else response.destroy();
    return;
  }
  if (request.url === '/readyz') {
    response.writeHead(standIn.readiness).end();
    return;
  }
  asking.set(response, { forward: request.headers['lookout-forward'], code: standIn.member.code });
  const body = await text(request);
  standIn.bodies.push(body);
  standIn.forwards.push(claimsOf(request.headers['lookout-forward']));
  const asked = Asked.parse(JSON.parse(body));
  standIn.asked.push(asked);
  standIn.behaviour(response, asked, standIn.member.code);
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** A station that listens. `code` is its code in the directory. */
export async function startStandIn(code: string, behaviour: Behaviour = honest): Promise<StandIn> {
  const server = createServer((request, response) => {
    answer(standIn, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const standIn: StandIn = {
    member: memberAt(code, `http://127.0.0.1:${port}`),
    asked: [],
    bodies: [],
    forwards: [],
    behaviour,
    readiness: 200,
    [Symbol.asyncDispose]: () => close(server),
  };
  return standIn;
}

export function memberAt(code: string, endpoint: string): Member {
  return {
    code: StationCode.parse(code),
    kind: code[6] === 'P' ? 'PLASMA' : 'BLOOD',
    province: code.slice(0, 2) as Member['province'],
    nameZh: `${code} 示例站`,
    nameEn: `${code} Example Station`,
    endpoint,
    status: 'ACTIVE',
    suspensions: [],
    keys: [testPublicKey(code)],
  };
}
