/** `lookout audit show`: the latest entries of a station's record. */
import Table from 'cli-table3';

import { latestEntries } from '#node/adapters/postgres-audit/reading.ts';
import { createDatabase } from '#node/db/client.ts';
import { databaseUrlOf, stationOf } from '#scripts/lookout/database.ts';
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb } from '#scripts/lookout/verb.ts';

import { shown } from './entry-line.ts';

export const showRecordVerb = createVerb({
  name: 'show',
  zh: '显示一个站点最近的查询记录。',
  en: "Show the latest entries of a station's record.",
  examples: [
    ['audit show --station 310198B01', 'the last 20'],
    ['audit show --station 310198B01 --last 500 --json', 'more of them, as JSON'],
  ],
})
  .requiredOption('--station <code>', 'the station')
  .option('--last <number>', 'how many', '20');

interface Options {
  readonly state: string;
  readonly station: string;
  readonly last: string;
  readonly json: boolean;
}

const most = 10_000;

export async function showRecord({ state, station, last, json }: Options): Promise<ExitCode> {
  const count = Number(last);
  if (!Number.isInteger(count) || count < 1 || count > most) throw new Problem(`--last is 1 to ${most}.`, 'usage');
  const database = createDatabase(await databaseUrlOf(state, stationOf(station)), { poolSize: 1 });
  try {
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
