/**
 * What gathers figures in the bench, `node gatherer.ts gateway|floor <folder>`. Each request is a question nobody has asked before:
 * all stations are asked, and what may be shown is decided. `gateway`: as it is in production, books and all. `floor`: the same
 * questions with a `Pool` a station, the signatures of them, the counts as they come, and the protection of the table.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { Pool } from 'undici';

import { createAggregates } from '#gateway/aggregates/aggregates.ts';
import { areaNodes, classNodes, closedLeaves, periodNodes } from '#gateway/aggregates/axes.ts';
import { createBooksStore } from '#gateway/aggregates/books-store.ts';
import { createEditions } from '#gateway/aggregates/editions.ts';
import { createGather } from '#gateway/aggregates/gather.ts';
import { protect } from '#gateway/aggregates/protect.ts';
import { createQuestionLog } from '#gateway/aggregates/question-log.ts';
import { spanOf } from '#gateway/aggregates/span.ts';
import { Standing } from '#gateway/aggregates/standing.ts';
import { createForwarding } from '#gateway/forwarding.ts';
import { createRetries } from '#gateway/retries.ts';
import { createStationLinks } from '#gateway/station-links.ts';
import { createStationNotes } from '#gateway/station-notes.ts';
import { CivilDate } from '#schema/calendar.ts';
import { Pseudonym } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { countedClasses } from '#schema/count-families.ts';
import type { Member } from '#schema/directory.ts';
import { RegulatorCode } from '#schema/ids.ts';
import { questionText } from '#schema/questions.ts';
import { newDirectory } from '#scripts/lookout/directory/new-directory.ts';
import { createExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import { createMemberSigner, createMemberVerifier } from '#server/keys/member-keys.ts';

import { reportToBench } from '../child-server.ts';
import { gatewayCode, keyOf } from '../exchange/federation.ts';
import { startBareServer } from '../gateway/bare-server.ts';
import { Members, year } from './region.ts';

const [, , mode = '', folder = ''] = process.argv;
const members = Members.parse(JSON.parse(await readFile(path.join(folder, 'members.json'), 'utf8')));
const span = spanOf('DONATIONS', year);

async function startGateway(): Promise<() => Promise<number>> {
  const gateways = [
    { code: gatewayCode, endpoint: 'http://127.0.0.1:9', status: 'ACTIVE', keys: [], rights: ['AGGREGATES'] } as const,
  ];
  const current = newDirectory({
    authorities: { threshold: 1, keys: [] },
    members,
    gateways: gateways.map((gateway) => ({ ...gateway, keys: [], rights: [...gateway.rights] })),
  });
  const directory = { current: () => current, onChange: () => () => undefined };
  const verifier = createExchangeVerifier({
    directory,
    verifier: createMemberVerifier({ directory }),
    now: () => Date.now(),
  });
  const deadlineMs = 60_000;
  const forwarding = createForwarding({
    gateway: gatewayCode,
    signer: createMemberSigner(await keyOf(folder, gatewayCode)),
    retries: createRetries(),
    ...{ verifier, links: createStationLinks({ directory, deadlineMs }), deadlineMs },
  });
  const gather = createGather({ forwarding, notes: createStationNotes(pino({ level: 'error' })) });
  const regulator = RegulatorCode.parse('R31');
  const subject = Pseudonym.parse('R31');
  const asker = { role: 'REGULATOR', subject, purpose: 'STATISTICS', case: null, rights: [] } as const;
  const caller: Caller = { from: 'REGULATOR', member: regulator, ...asker };
  const input = { measure: 'DONATIONS', area: 'PROVINCE', period: 'MONTH', from: year, to: year, split: true };

  return async () => {
    const books = await mkdtemp(path.join(tmpdir(), 'lookout-figures-'));
    const aggregates = createAggregates({
      gateway: gatewayCode,
      editions: createEditions({ store: createBooksStore(books), gather }),
      questions: createQuestionLog(books),
    });
    const answer = await aggregates.answer({ input, caller, directory: current, requestId: 'bench' });
    await aggregates.close();
    await rm(books, { recursive: true });
    if (!('figures' in answer) || !answer.complete) throw new Error('no whole table');
    return answer.figures.length;
  };
}

interface Counted {
  readonly data: {
    readonly self: { readonly counts: { readonly counts: { period: string; class: string; count: number }[] } };
  };
}

async function startFloor(): Promise<() => Promise<number>> {
  const { subtle } = globalThis.crypto;
  const { privateKey, publicKey } = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const bytes = new Uint8Array(600).fill(7);
  const signature = await subtle.sign('Ed25519', privateKey, bytes);
  const pools = new Map(members.map(({ code, endpoint }) => [code, new Pool(endpoint)]));
  const body = questionText({ name: 'counts', variables: { family: 'DONATIONS', year } });
  const forward = `x.${Buffer.from(JSON.stringify({ jti: 'bench' })).toString('base64url')}.x`;
  const headers = { 'content-type': 'application/json', 'lookout-forward': forward };

  const ask = async ({ code }: Member): Promise<Counted> => {
    await subtle.sign('Ed25519', privateKey, bytes);
    const answer = await pools.get(code)?.request({ method: 'POST', path: '/graphql', headers, body });
    await subtle.verify('Ed25519', publicKey, signature, bytes);
    return JSON.parse((await answer?.body.text()) ?? '') as Counted;
  };
  return async () => {
    const said = await Promise.all(members.map(ask));
    const closedUntil = CivilDate.parse('2026-01-01');
    const months: readonly string[] = closedLeaves(span, closedUntil);
    const codes = countedClasses(span.shape.classes);
    const places = members.map(({ code: station, province, kind }) => ({ station, province, kind }));
    const counts = new Float64Array(members.length * months.length * codes.length);
    said.forEach(({ data }, at) => {
      for (const one of data.self.counts.counts) {
        counts[(at * months.length + months.indexOf(one.period)) * codes.length + codes.indexOf(one.class)] = one.count;
      }
    });
    const axes = [areaNodes(places), periodNodes(span, closedUntil), classNodes(span.shape.classes)] as const;
    const cells = axes.reduce((all, { nodes }) => all * nodes.length, 1);
    const standing = new Uint8Array(cells).fill(Standing.OPEN);
    return protect({ table: { axes, counts }, standing, threshold: 5, dominance: null }).counts.length;
  };
}

const gather = await (mode === 'gateway' ? startGateway() : startFloor());
reportToBench(await startBareServer(async () => String(await gather())));
