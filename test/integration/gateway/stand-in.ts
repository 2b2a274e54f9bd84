/**
 * Foreign stations, as the gateway may meet them: each answers over real HTTP, correctly or in one of the ways a broken,
 * slow or lying station does.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { z } from 'zod';

import type { Member } from '#schema/directory.ts';
import { StationCode } from '#schema/ids.ts';

const Asked = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
export type Asked = z.infer<typeof Asked>;

/** What a station answers to a question; the default is that of an honest one. */
export type Behaviour = (response: ServerResponse, asked: Asked, code: string) => void;

export interface StandIn extends AsyncDisposable {
  readonly member: Member;
  /** How many questions it got. */
  readonly asked: Asked[];
  behaviour: Behaviour;
  readiness: 200 | 503;
}

export const donation = { procedure: 'WHOLE_BLOOD', collectedOn: '2026-01-05', volumeMl: 400, outcome: 'COMPLETE' };
export const bar = { since: '2026-02-01', until: null };

export const holdingOf = (token: unknown) => ({ token, donations: [donation], bars: [bar], registrations: [] });

/** The item of an honest station for whatever the gateway asks in these tests. */
export function itemFor({ variables }: Asked, code: string): Record<string, unknown> {
  const tokens = z.array(z.string()).catch([]).parse(variables['tokens']);
  const token = Object.values(variables).find((value) => typeof value === 'string' && value.length === 43);
  return {
    __typename: 'Station',
    code,
    _answeredBy: code,
    version: '1.2.3',
    ready: true,
    donor: { __typename: 'DonorHolding', ...holdingOf(token) },
    donors: tokens.map(holdingOf),
  };
}

export const say = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

export const honest: Behaviour = (response, asked, code) => {
  say(response, { data: { _stations: [itemFor(asked, code)] } });
};

async function answer(standIn: StandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/readyz') {
    response.writeHead(standIn.readiness).end();
    return;
  }
  const asked = Asked.parse(await json(request));
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
    keys: [],
  };
}
