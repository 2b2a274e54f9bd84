/** A station with a database of its own, to import into: what it says, and everything its tables hold afterwards. */
import { createHmacTokens } from '#node/adapters/hmac-tokens.ts';
import { createDatabase } from '#node/db/client.ts';
import { importFile } from '#node/modules/import/import.ts';
import type { ImportRequest } from '#node/modules/import/import.ts';
import { readProfile } from '#node/modules/import/profile.ts';
import type { ClockPort } from '#node/ports.ts';
import { StationCode } from '#schema/ids.ts';
import type { ImportKind, ImportProgress, ImportRejection, ImportSummary } from '#schema/import.ts';
import { recordOf } from '#test/support/entry.ts';
import { createTestDatabase } from '#test/support/postgres.ts';

/** The evening of the day the sample was made for. */
export const clock: ClockPort = { now: () => new Date('2026-11-21T20:00:00+08:00') };
export const partitions = 5;
export const tokens = createHmacTokens(Buffer.alloc(32, 7));

export interface Imported {
  readonly summary: ImportSummary;
  readonly rejected: readonly ImportRejection[];
  readonly progress: readonly ImportProgress[];
}

/** Text in pieces, as an upload arrives. */
export async function* arriving(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    await Promise.resolve();
    yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
}

export async function openStation(name: string) {
  const code = StationCode.parse(name);
  const station = { code, kind: name.includes('B') ? 'BLOOD' : 'PLASMA' } as const;
  const testDatabase = await createTestDatabase();
  const database = createDatabase(testDatabase.url, { poolSize: 4 });
  const profile = await readProfile(code);
  const wakes = { count: 0 };
  const telling = {
    partitions,
    onTold: () => {
      wakes.count += 1;
    },
  };
  const { audit, entry } = recordOf(database.pool, name);
  const deps = { pool: database.pool, tokens, clock, station, profile, telling, audit };

  const run = async (
    kind: ImportKind,
    input: AsyncIterable<Uint8Array>,
    options: Pick<ImportRequest, 'signal'> = {},
  ): Promise<Imported> => {
    const rejected: ImportRejection[] = [];
    const progress: ImportProgress[] = [];
    const onEvent: ImportRequest['onEvent'] = (event) => {
      if (event.type === 'rejected') rejected.push(event);
      else progress.push(event);
    };
    return {
      summary: await importFile({ kind, input, deps, entry: entry(), onEvent, ...options }),
      rejected,
      progress,
    };
  };
  const dumpOf = async (table: string) => {
    // The names are those of the catalogue of this very database.
    const { rows } = await database.pool.query<{ row: string }>(`SELECT t::text AS row FROM "${table}" t ORDER BY 1`);
    return rows.map(({ row }) => row);
  };

  return {
    ...deps,
    prisma: database.prisma,
    wakes,
    url: testDatabase.url,
    import: run,
    /** Imports the lines of a file. */
    importLines: (kind: ImportKind, ...lines: readonly string[]) => run(kind, arriving(lines.join('\n'))),
    dumpOf,
    /** Everything a file can change, as text. */
    async dump(): Promise<string> {
      const { rows } = await database.pool.query<{ name: string }>(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
      );
      const tables = await Promise.all(rows.map(async ({ name }) => [name, ...(await dumpOf(name))]));
      return tables.flat().join('\n');
    },
    async [Symbol.asyncDispose]() {
      await database.stop();
      await testDatabase[Symbol.asyncDispose]();
    },
  };
}
