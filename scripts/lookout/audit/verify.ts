/** `lookout audit verify`: every entry of a station's record is hashed again and held against the heads others keep. */
import { createDatabase } from '#node/db/client.ts';
import type { Database } from '#node/db/client.ts';
import { verifyChain } from '#node/adapters/postgres-audit/reading.ts';
import type { Verified } from '#node/adapters/postgres-audit/reading.ts';
import { checkChain } from '#node/domain/audit-chain.ts';
import type { ChainFault } from '#node/domain/audit-chain.ts';
import type { StationCode } from '#schema/ids.ts';
import { databaseUrlOf, stationOf } from '#scripts/lookout/database.ts';
import { getDirectory } from '#scripts/lookout/federation-directory.ts';
import { exitCodes } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { coloured, createProgress } from '#scripts/lookout/terminal.ts';
import { createVerb, getFederation } from '#scripts/lookout/verb.ts';

import { witnessedOf } from './witnessed.ts';
import type { Contradiction } from './witnessed.ts';

export const verifyVerb = createVerb({
  name: 'verify',
  zh: '重新计算记录中每一条的散列，并与其他站点保存的链头比对。',
  en: 'Hash every entry of the record again and compare it with the heads the other stations hold.',
  examples: [
    ['audit verify', 'every station of the federation'],
    ['audit verify --station 310198B01 --json', 'one of them, as JSON'],
  ],
  exits:
    '0 whole; 1 a record is not what it was, the first bad entry is named, or its station has signed two histories of it; 2 wrong usage; 4 the federation cannot be reached.',
}).option('--station <code>', 'one station; all of them when left out');

const sentences: Readonly<Record<ChainFault, { readonly zh: string; readonly en: string }>> = {
  ENTRY_MISSING: { zh: '该条记录缺失。', en: 'it is missing' },
  PAYLOAD_CHANGED: { zh: '该条内容被改动。', en: 'it does not say what was written down' },
  HASH_CHANGED: { zh: '该条散列与前一条不衔接。', en: 'its hash does not follow from the one before' },
  DONORS_CHANGED: { zh: '索引中的献血者与该条不符。', en: 'the index names other donors than it does' },
  HEAD_CHANGED: { zh: '链尾与最后一条不符。', en: 'the chain is said to end elsewhere' },
  CONTRADICTS_HEAD: {
    zh: '与其他站点保存的链头矛盾：记录曾被重写。',
    en: 'the others hold another hash for this place: the record was written anew',
  },
  CUT_OFF: {
    zh: '其他站点保存的链头更长：末尾被删除，或恢复了旧备份。',
    en: 'the others hold heads beyond the end: it was cut off, or an old backup was restored',
  },
};

interface Options {
  readonly state: string;
  readonly station?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Opens the database of every station of a federation on this machine. */
async function openAll(state: string) {
  const { stations } = await getFederation(state);
  const opened = await Promise.all(
    stations.map(
      async ({ code }) => [code, createDatabase(await databaseUrlOf(state, code), { poolSize: 2 })] as const,
    ),
  );
  const databases = new Map(opened);
  return {
    databases,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...databases.values()].map((database) => database.stop()));
    },
  };
}

type Databases = ReadonlyMap<StationCode, Database>;

interface Result extends Verified {
  readonly station: StationCode;
  readonly heads: number;
  /** The last place others hold a head of; null without one. */
  readonly witnessedTo: number | null;
  /** Heads of this record that its station has signed and that cannot both be true. */
  readonly contradictions: readonly Contradiction[];
}

async function verifyOne({ state, quiet, json }: Options, station: StationCode, databases: Databases): Promise<Result> {
  const progress = createProgress({ quiet: quiet || json });
  const pool =
    databases.get(station)?.pool ?? createDatabase(await databaseUrlOf(state, station), { poolSize: 2 }).pool;
  const directory = await getDirectory(state);
  const { heads, contradictions } = await witnessedOf(station, directory, [...databases.values()]);
  const began = performance.now();
  const onEntry = (seq: number): void => {
    if (seq % 1_000 !== 0) return;
    const rate = Math.round(seq / ((performance.now() - began) / 1_000));
    progress.update(`${station}: ${seq} entries, ${rate} a second`);
  };
  const verified = await verifyChain({ pool, member: station, check: checkChain(station, heads), onEntry });
  progress.clear();
  const places = heads.map(({ seq }) => seq);
  const witnessedTo = places.length === 0 ? null : Math.max(...places);
  return { station, ...verified, heads: heads.length, witnessedTo, contradictions };
}

const place = ({ seq, hash, at }: Contradiction['one']): string =>
  `entry ${seq} is ${hash.slice(0, 12)} (signed ${at})`;

/** The station's own word against its own word: either is enough to ask it, both together are proof. */
const accusation = (station: StationCode, { one, other }: Contradiction): string =>
  `${coloured('red', station)} has signed two histories of its record: ${place(one)}, and ${place(other)}. 该站点签署过两份互相矛盾的记录。`;

function standing({ station, bad, entries, erased, heads, witnessedTo }: Result): string {
  if (bad !== null) {
    const { zh, en } = sentences[bad.fault];
    return `${coloured('red', station)}: entry ${bad.seq}: ${en} (${bad.fault}). 第 ${bad.seq} 条：${zh}`;
  }
  const waiting = entries - (witnessedTo ?? 0);
  const held =
    heads === 0 ? 'no other station holds a head yet' : `witnessed up to ${witnessedTo ?? 0} by ${heads} heads`;
  const unwitnessed = waiting > 0 ? `, ${waiting} unwitnessed` : '';
  return `${coloured('green', station)}: ${entries} entries, ${erased} erased, whole; ${held}${unwitnessed}. 记录完整。`;
}

const describe = (result: Result): string =>
  [standing(result), ...result.contradictions.map((each) => accusation(result.station, each))].join('\n');

export async function verify(options: Options): Promise<ExitCode> {
  await using opened = await openAll(options.state);
  const { databases } = opened;
  const asked = options.station === undefined ? [...databases.keys()] : [stationOf(options.station)];
  const results: Result[] = [];
  for (const station of asked) {
    const result = await verifyOne(options, station, databases);
    results.push(result);
    if (!options.json) console.log(describe(result));
  }
  if (options.json) console.log(JSON.stringify(results, null, 2));
  const isWell = ({ bad, contradictions }: Result): boolean => bad === null && contradictions.length === 0;
  return results.every(isWell) ? exitCodes.done : exitCodes.failed;
}
