/** What the starter says once everything runs: where things are, and three things to try that really work. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import Table from 'cli-table3';

import { parseCases } from '#scripts/lookout/check-file.ts';
import type { Case } from '#scripts/lookout/check-file.ts';

import { regulatorPageOf, urlOf } from './directory.ts';
import type { Placed } from './directory.ts';
import { defaultState } from './layout.ts';

export interface Welcome {
  readonly stations: readonly Placed[];
  readonly gatewayPort: number;
  /** The data folder; its checks.csv, if there is one, gives the examples. */
  readonly data: string;
  /** The state folder as it was typed. */
  readonly state: string;
}

export function addressesOf({ stations, gatewayPort }: Pick<Welcome, 'stations' | 'gatewayPort'>): string {
  const table = new Table({ head: ['who', 'name', 'address'], style: { head: [], border: [], compact: true } });
  table.push(['gateway', '网关 Gateway', `${urlOf(gatewayPort)}/graphql`]);
  for (const { code, nameZh, nameEn, port } of stations)
    table.push([code, `${nameZh} ${nameEn}`, `${urlOf(port)}/graphql`]);
  return table.toString();
}

export async function welcome(options: Welcome): Promise<string> {
  const file = path.join(options.data, 'checks.csv');
  const cases = await readFile(file)
    .then(parseCases)
    .catch(() => []);
  const lines = tryOut(options, cases, file).flatMap(([meaning, typed], index) => [
    `  ${index + 1}. ${meaning}`,
    `     ${typed}`,
  ]);
  return [
    addressesOf(options),
    '',
    'Try, in another terminal:',
    ...lines,
    '',
    'Ctrl-C stops everything; the data is kept.',
  ].join('\n');
}

type Suggestion = readonly [meaning: string, typed: string];

function tryOut({ stations, gatewayPort, state }: Welcome, cases: readonly Case[], file: string): Suggestion[] {
  const lookout = (verb: string, rest = '') =>
    `npm run lookout -- ${verb}${state === defaultState ? '' : ` --state ${quoted(state)}`}${rest}`;
  const codes = new Set<string>(stations.map(({ code }) => code));
  // Somebody who must wait because of a donation elsewhere shows best what the federation is for.
  const donor = cases.find(({ station, verdict }) => verdict === 'DEFERRED' && codes.has(station));
  const whole = cases.length > 0 && cases.every(({ station }) => codes.has(station));
  return [
    donor !== undefined
      ? (['May this donor give blood? 能否献血？', lookout('check', questionOf(donor))] as const)
      : (['Who is a member, and does it answer? 成员站及其状态', lookout('stations')] as const),
    whole
      ? ([
          `Ask all ${cases.length} questions whose answers are known. 核对全部已知答案`,
          lookout('check', ` --file ${quoted(path.relative('', file))}`),
        ] as const)
      : (['Is everything well? 自检', lookout('doctor')] as const),
    ['Figures for regulators: sign in as the regulator. 监管统计', regulatorPageOf(gatewayPort)],
    ['Explore the schema in a browser (GraphiQL). 浏览接口', `${urlOf(gatewayPort)}/graphql`],
  ];
}

function questionOf({ station, document_type: type, document_number: number, procedure, on }: Case): string {
  const day = on === undefined ? '' : ` --on ${on}`;
  return ` --station ${station} --document ${quoted(`${type}:${number.trim()}`)} --procedure ${procedure}${day}`;
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
