/**
 * What the gateway is measured against, `node floor.ts <folder> request|pools`: a bare server that posts one
 * fixed query to the same stations with `undici.request`, or with a `Pool` a station, parses the answers and concatenates
 * them. No GraphQL, no deadline, no check of what came, no coverage.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { Pool, request } from 'undici';
import { z } from 'zod';

import { Member } from '#schema/directory.ts';

import { reportToBench } from '../child-server.ts';
import { startBareServer } from './bare-server.ts';

const query = `query Holdings($code: StationCode!, $tokens: [DonorToken!]!) {
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

interface Holding {
  readonly donations: object[];
  readonly bars: object[];
  readonly registrations: object[];
}

interface StationAnswer {
  readonly data: { readonly _stations: readonly { readonly donors: readonly Holding[] }[] };
}

const list = await readFile(path.join(process.argv[2] ?? '', 'members.json'), 'utf8');
const members = z.array(Member).parse(JSON.parse(list));
const headers = { 'content-type': 'application/json' };

const method = 'POST';
const pools = new Map(members.map(({ code, endpoint }) => [code, new Pool(endpoint)]));

const post = ({ code, endpoint }: Member, body: string) =>
  process.argv[3] === 'pools'
    ? pools.get(code)?.request({ path: '/graphql', method, headers, body })
    : request(`${endpoint}/graphql`, { method, headers, body });

async function ask(member: Member, token: string) {
  const { code } = member;
  const response = await post(member, JSON.stringify({ query, variables: { code, tokens: [token] } }));
  const answer = (await response?.body.json()) as StationAnswer;
  return { code, holding: answer.data._stations[0]?.donors[0] };
}

const Question = z.object({ variables: z.object({ token: z.string() }) });

async function answer(_path: string, body: string): Promise<string> {
  const { token } = Question.parse(JSON.parse(body)).variables;
  const answers = await Promise.all(members.map((member) => ask(member, token)));
  const all = (kind: keyof Holding) =>
    answers.flatMap(({ code, holding }) => (holding?.[kind] ?? []).map((fact) => ({ station: code, ...fact })));
  const donor = { token, donations: all('donations'), bars: all('bars'), registrations: all('registrations') };
  return JSON.stringify({ data: { donor } });
}

reportToBench(await startBareServer(answer));
