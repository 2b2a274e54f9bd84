/** `lookout directory publish`: brings what enough authorities have signed to the gateways and all members. */
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { coloured } from '#scripts/lookout/terminal.ts';
import { createVerb } from '#scripts/lookout/verb.ts';
import { writeJson, writeWhole } from '#scripts/start/json-file.ts';
import { proveDirectory } from '#server/directory/prove.ts';

import { differenceOf } from './difference.ts';
import { bring, nodesOf } from './nodes.ts';
import type { Brought } from './nodes.ts';
import { dropProposal, getProposal, openProposal } from './proposal.ts';

export const publishVerb = createVerb({
  name: 'publish',
  zh: '发布已签足的目录，送达网关与所有成员站。',
  en: 'Bring the signed directory to the gateways and all members.',
  examples: [
    ['directory publish', 'shows who took it'],
    ['directory publish --file next.json --json', 'a proposal that came from elsewhere'],
  ],
  exits:
    '0 published; 1 failed; 2 wrong usage or signed by too few; 3 a node refused it; 4 no node could be reached (who is down takes it from the others later).',
}).option('--file <file>', 'the proposal (default: directory.next.json in the state folder)');

interface Options {
  readonly state: string;
  readonly json: boolean;
  readonly file?: string;
}

function exitFor(brought: readonly Brought[]): ExitCode {
  const refused = brought.filter(({ outcome }) => !['TAKEN', 'KNOWN', 'UNREACHABLE'].includes(outcome));
  if (refused.length > 0) return exitCodes.no;
  const isLost = brought.length > 0 && brought.every(({ outcome }) => outcome === 'UNREACHABLE');
  return isLost ? exitCodes.unreachable : exitCodes.done;
}

const lineOf = ({ code, outcome, reason }: Brought): string => {
  const colour = outcome === 'TAKEN' || outcome === 'KNOWN' ? 'green' : 'red';
  return `${code.padEnd(10)} ${coloured(colour, outcome.toLowerCase())}: ${reason}`;
};

export async function publish(options: Options): Promise<ExitCode> {
  const proposed = await openProposal(options);
  const { signed } = getProposal(proposed);
  const { layout, authorities, published, file } = proposed;
  const proved = await proveDirectory(JSON.stringify(signed), authorities);
  if (!('directory' in proved)) throw new Problem(`${file} cannot be published: ${proved.problem}.`, 'usage');
  const { directory, text } = proved;
  if (published !== undefined && directory.version <= published.version) {
    throw new Problem(
      `${file} is version ${directory.version}, and ${published.version} stands: propose it anew.`,
      'usage',
    );
  }
  const changes = differenceOf(published, directory);
  if (!options.json) console.log(`${changes.join('\n')}\n`);
  // From here on it stands, and spreads by itself from whoever has it.
  await writeWhole(layout.directory, text);
  await writeJson(layout.authorities, directory.authorities);
  const brought = await Promise.all(nodesOf(published, directory).map((node) => bring(node, text)));
  await dropProposal(file);
  if (options.json) console.log(JSON.stringify({ version: directory.version, changes, nodes: brought }, null, 2));
  else console.log([...brought.map(lineOf), `Version ${directory.version} stands.`].join('\n'));
  return exitFor(brought);
}
