/** `lookout directory show`: what stands, what is proposed, and which version every node has. */
import Table from 'cli-table3';

import { standingOf } from '#schema/directory.ts';
import type { Directory, SigningKey } from '#schema/directory.ts';
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { coloured } from '#scripts/lookout/terminal.ts';
import { createVerb } from '#scripts/lookout/verb.ts';

import { differenceOf } from './difference.ts';
import { nodesOf, versionAt } from './nodes.ts';
import { openProposal } from './proposal.ts';
import type { Proposed } from './proposal.ts';
import { signersOf } from './signers.ts';

export const showVerb = createVerb({
  name: 'show',
  zh: '显示现行目录、待发布的提议及各节点所持版本。',
  en: 'Show the directory that stands, what is proposed, and which version every node has.',
  examples: [
    ['directory show', 'a table'],
    ['directory show --json', 'the directory as JSON, with the version of every node'],
  ],
}).option('--file <file>', 'the proposal (default: directory.next.json in the state folder)');

interface Options {
  readonly state: string;
  readonly json: boolean;
  readonly file?: string;
}

const inUse = (keys: readonly SigningKey[]): string =>
  keys
    .filter(({ notAfter }) => notAfter === null)
    .map(({ kid }) => kid.slice(0, 12))
    .join(', ');

type Versions = ReadonlyMap<string, number | null>;

const standingText = (status: 'ACTIVE' | 'SUSPENDED'): string =>
  status === 'ACTIVE' ? coloured('green', 'active') : coloured('red', 'suspended');

function tableOf({ version, gateways, members, regulators }: Directory, versions: Versions): string {
  const table = new Table({
    head: ['code', 'name', 'address', 'status', 'key', 'has'],
    style: { head: [], border: [], compact: true },
  });
  const row = (code: string, name: string, of: Directory['gateways'][number] | Directory['members'][number]) => {
    const has = versions.get(code) ?? null;
    const shown = has === null ? 'no answer' : `version ${has}`;
    table.push([
      code,
      name,
      of.endpoint,
      standingText(of.status),
      inUse(of.keys),
      coloured(has === version ? 'green' : 'yellow', shown),
    ]);
  };
  for (const gateway of gateways) row(gateway.code, 'gateway', gateway);
  for (const member of members) row(member.code, `${member.nameZh} ${member.nameEn}`, member);
  for (const { code, nameZh, nameEn, status, keys } of regulators) {
    table.push([code, `${nameZh} ${nameEn}`, '', standingText(status), inUse(keys), '']);
  }
  return table.toString();
}

function headOf({ version, issuedAt, softUntil, hardUntil, authorities }: Directory): string {
  const standing = standingOf({ softUntil, hardUntil }, Date.now()).toLowerCase().replace('_', ' ');
  const names = authorities.keys.map(({ name }) => name).join(', ');
  return [
    `version ${version} of ${issuedAt}: ${standing}; good until ${softUntil}, at most until ${hardUntil}`,
    `signed by ${authorities.threshold} of ${names}`,
  ].join('\n');
}

function proposalOf({ proposal, published, authorities, file }: Proposed): string {
  if (proposal === undefined) return 'Nothing is proposed.';
  const { directory, signed } = proposal;
  const signers = signersOf(signed, [...authorities.keys, ...directory.authorities.keys]);
  const by = signers.length === 0 ? 'nobody' : signers.join(', ');
  return [`Proposed in ${file}, signed by ${by}:`, ...differenceOf(published, directory)].join('\n');
}

export async function show(options: Options): Promise<ExitCode> {
  const proposed = await openProposal(options);
  const { published } = proposed;
  if (published === undefined && proposed.proposal === undefined) throw new Problem('There is no directory.', 'failed');
  const nodes = nodesOf(published);
  const versions = new Map(await Promise.all(nodes.map(async (node) => [node.code, await versionAt(node)] as const)));
  if (options.json) {
    const proposal = proposed.proposal?.directory ?? null;
    const directory = published ?? null;
    console.log(JSON.stringify({ directory, proposal, versions: Object.fromEntries(versions) }, null, 2));
  } else {
    const standing = published === undefined ? [] : [headOf(published), tableOf(published, versions)];
    console.log([...standing, proposalOf(proposed)].join('\n'));
  }
  return exitCodes.done;
}
