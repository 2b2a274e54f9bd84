/**
 * What the gateway is measured against, `node floor.ts <folder> request|pools`: a bare server that passes a question on to
 * the same stations with `undici.request`, or with a `Pool` a station, and hands on what they say as it is; with the bare
 * signatures of it, one checked and one made for each station. No GraphQL, no deadline, no check of what came.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { Pool, request } from 'undici';
import { z } from 'zod';

import { Member } from '#schema/directory.ts';

import { reportToBench } from '../child-server.ts';
import { startBareServer } from './bare-server.ts';

const [, , folder = '', how] = process.argv;
const members = z.array(Member).parse(JSON.parse(await readFile(path.join(folder, 'members.json'), 'utf8')));
const headers = { 'content-type': 'application/json' };
const method = 'POST';
const pools = new Map(members.map(({ code, endpoint }) => [code, new Pool(endpoint)]));

const algorithm = 'Ed25519';
const { subtle } = globalThis.crypto;
const { privateKey, publicKey } = await subtle.generateKey(algorithm, false, ['sign', 'verify']);
const asked = new Uint8Array(700).fill(7);
const forwarded = new Uint8Array(1_400).fill(7);
const signature = await subtle.sign(algorithm, privateKey, asked);

const post = ({ code, endpoint }: Member, body: string) =>
  how === 'pools'
    ? pools.get(code)?.request({ path: '/graphql', method, headers, body })
    : request(`${endpoint}/graphql`, { method, headers, body });

async function ask(member: Member, question: string) {
  const signed = await subtle.sign(algorithm, privateKey, forwarded);
  const response = await post(member, question);
  const body = await response?.body.text();
  return { station: member.code, status: 200, body, jwt: String(signed.byteLength), fault: null };
}

const Question = z.object({ variables: z.object({ question: z.string() }) });

async function answer(_path: string, body: string): Promise<string> {
  const { question } = Question.parse(JSON.parse(body)).variables;
  await subtle.verify(algorithm, publicKey, signature, asked);
  const exchange = await Promise.all(members.map((member) => ask(member, question)));
  return JSON.stringify({ data: { exchange } });
}

reportToBench(await startBareServer(answer));
