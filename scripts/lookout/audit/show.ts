/** `lookout audit show`: the latest entries of a station's record, or one of them with all that it proves. */
import Table from 'cli-table3';

import { findWhole, latestEntries } from '#node/adapters/postgres-audit/reading.ts';
import { createDatabase } from '#node/db/client.ts';
import type { Database } from '#node/db/client.ts';
import type { StationCode } from '#schema/ids.ts';
import { databaseUrlOf, stationOf } from '#scripts/lookout/database.ts';
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb } from '#scripts/lookout/verb.ts';

import { shown } from './entry-line.ts';
import { evidenceOf } from './evidence.ts';

export const showRecordVerb = createVerb({
  name: 'show',
  zh: '显示一个站点最近的查询记录。',
  en: "Show the latest entries of a station's record, or one of them whole.",
  examples: [
    ['audit show --station 310198B01', 'the last 20'],
    ['audit show --station 310198B01 --last 500 --json', 'more of them, as JSON'],
    ['audit show --station 310198B01 --entry 7', 'one of them whole, as JSON: evidence for audit prove'],
  ],
})
  .requiredOption('--station <code>', 'the station')
  .option('--last <number>', 'how many', '20')
  .option('--entry <number>', 'one entry, by its place, with all that its hash is made of');

interface Options {
  readonly state: string;
  readonly station: string;
  readonly last: string;
  readonly entry?: string;
  readonly json: boolean;
}

const most = 10_000;

function numberOf(typed: string, name: string, largest: number): number {
  const number = Number(typed);
  if (Number.isInteger(number) && number >= 1 && number <= largest) return number;
  throw new Problem(`${name} is 1 to ${largest}.`, 'usage');
}

async function showWhole({ pool }: Database, station: StationCode, place: number): Promise<ExitCode> {
  const found = await findWhole(pool, place);
  if (found === undefined) throw new Problem(`The record of ${station} has no entry ${place}.`, 'usage');
  const evidence = evidenceOf(station, found);
  if (evidence === null) throw new Problem(`Entry ${place} of ${station} was erased.`, 'no');
  console.log(JSON.stringify(evidence, null, 2));
  return exitCodes.done;
}

export async function showRecord({ state, station: typed, last, entry, json }: Options): Promise<ExitCode> {
  const count = numberOf(last, '--last', most);
  const place = entry === undefined ? undefined : numberOf(entry, '--entry', Number.MAX_SAFE_INTEGER);
  const station = stationOf(typed);
  const database = createDatabase(await databaseUrlOf(state, station), { poolSize: 1 });
  try {
    if (place !== undefined) return await showWhole(database, station, place);
    const entries = (await latestEntries(database.pool, count)).map(shown);
    if (json) console.log(JSON.stringify(entries, null, 2));
    else {
      const table = new Table({
        head: ['entry', 'at', 'kind', 'who', 'purpose', 'what', 'outcome'],
        style: { head: [], border: [], compact: true },
      });
      for (const { seq, at, kind, who, purpose, what, outcome } of entries) {
        table.push([seq, at ?? 'erased', kind ?? '', who ?? '', purpose ?? '', what ?? '', outcome ?? '']);
      }
      console.log(table.toString());
    }
    return exitCodes.done;
  } finally {
    await database.stop();
  }
}
