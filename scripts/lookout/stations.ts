/** `lookout stations`: who is a member, where, and whether it answers, as the gateway sees it. */
import Table from 'cli-table3';
import { z } from 'zod';

import { StationCode } from '#schema/ids.ts';
import { gatewayCode } from '#scripts/start/directory.ts';
import { gatewayOperations } from '#schema/operations.ts';

import { ask } from './ask.ts';
import { exitCodes } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { coloured } from './terminal.ts';
import { askerOf, signInAt, usualAskers } from './sign-in.ts';
import type { AskerOptions, SignedIn } from './sign-in.ts';
import { createAskingVerb, getFederation } from './verb.ts';

export const stationsVerb = createAskingVerb({
  name: 'stations',
  usual: usualAskers.operator,
  zh: '列出各成员站及其状态。',
  en: 'List the member stations and whether they answer.',
  examples: [
    ['stations', 'a table'],
    ['stations --json', 'the same as JSON'],
  ],
});

const Page = z.object({
  stations: z.object({
    edges: z.array(
      z.object({
        node: z.object({
          code: StationCode,
          kind: z.string(),
          province: z.string(),
          nameZh: z.string(),
          nameEn: z.string(),
          endpoint: z.string(),
          status: z.string(),
          ready: z.boolean().nullable(),
          version: z.string().nullable(),
          replication: z
            .object({
              drained: z.boolean(),
              lag: z.int().nullable(),
              quarantined: z.int(),
              conflictsOpen: z.int(),
              fresh: z.int(),
              members: z.int(),
            })
            .nullable(),
        }),
      }),
    ),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

export type ListedStation = z.infer<typeof Page>['stations']['edges'][number]['node'] & {
  readonly fault: string | null;
};

/** All members, page by page. A station that does not answer has `ready: null`, and the fault that says why. */
export async function listStations(gatewayUrl: string, signedIn: SignedIn): Promise<ListedStation[]> {
  const listed: ListedStation[] = [];
  let after: string | null = null;
  do {
    const { data, errors }: Awaited<ReturnType<typeof ask<z.infer<typeof Page>>>> = await ask({
      who: 'The gateway',
      url: gatewayUrl,
      signedIn,
      query: gatewayOperations.Stations.document,
      variables: { after },
      shape: Page,
    });
    for (const { node } of data.stations.edges) {
      const fault = errors.find(({ extensions }) => extensions?.station === node.code)?.extensions?.code;
      listed.push({ ...node, fault: fault ?? null });
    }
    after = data.stations.pageInfo.hasNextPage ? data.stations.pageInfo.endCursor : null;
  } while (after !== null);
  return listed;
}

interface Options extends AskerOptions {
  readonly state: string;
  readonly json: boolean;
}

export async function stations({ state, json, ...options }: Options): Promise<ExitCode> {
  const federation = await getFederation(state);
  const gateway = { code: gatewayCode, url: federation.gateway.url };
  const signedIn = await signInAt(federation, state)(gateway, askerOf(options, usualAskers.operator));
  const all = await listStations(gateway.url, signedIn);
  console.log(json ? JSON.stringify(all, null, 2) : tableOf(all));
  return exitCodes.done;
}

function tableOf(all: readonly ListedStation[]): string {
  const table = new Table({
    head: ['code', 'kind', 'province', 'name', 'address', 'state', 'copy of the log'],
    style: { head: [], border: [], compact: true },
  });
  for (const { code, kind, province, nameZh, nameEn, endpoint, replication, ...health } of all) {
    table.push([code, kind, province, `${nameZh} ${nameEn}`, endpoint, stateOf(health), copyOf(replication)]);
  }
  return table.toString();
}

/** How complete the station's copy of the others is, and what an operator has to look at. */
function copyOf(replication: ListedStation['replication']): string {
  if (replication === null) return '';
  const { fresh, members, drained, lag, quarantined, conflictsOpen } = replication;
  const notes = [
    ...(lag === null || lag === 0 ? [] : [`${lag} to apply`]),
    ...(drained ? [] : ['still telling']),
    ...(quarantined === 0 ? [] : [coloured('red', `${quarantined} in quarantine`)]),
    ...(conflictsOpen === 0 ? [] : [`${conflictsOpen} ${conflictsOpen === 1 ? 'conflict' : 'conflicts'}`]),
  ];
  const isWhole = fresh === members;
  return [coloured(isWhole ? 'green' : 'yellow', `${fresh} of ${members} fresh`), ...notes].join(', ');
}

function stateOf({ status, ready, fault }: Pick<ListedStation, 'status' | 'ready' | 'fault'>): string {
  if (status !== 'ACTIVE') return coloured('gray', status.toLowerCase());
  if (ready === null) return coloured('red', `down${fault === null ? '' : ` (${fault})`}`);
  return ready ? coloured('green', 'ready') : coloured('yellow', 'not ready');
}
