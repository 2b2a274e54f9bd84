/** The SQL of an import, made from the names of a table; nothing of a file ever becomes part of it. */
import { outboxChannel } from '../../db/outbox.ts';
import { copyColumns } from './copy-format.ts';
import type { Table } from './reader.ts';

export interface Statements {
  /** Opens the transaction, waits its turn, and makes the temporary table `incoming`. */
  readonly begin: readonly string[];
  /** Empties `incoming` for the next chunk. */
  readonly empty: string;
  /** Fills `incoming` with a chunk. */
  readonly copy: string;
  /** Takes over every record whose number is not known yet; of several in the chunk, the first. */
  readonly insert: string;
  /** Tells the federation of the whole chunk, when all of it was taken over. `$1` is when it was written down. */
  readonly tellAll: string;
  /** The same of those records of the chunk that were taken over. */
  readonly tellNew: string;
  /**
   * For the rest: fills closing days that were open, tells of that (`$1` as above), and answers one `{ line, updated }` for each row that closed a
   * record (`updated`) or contradicts one. Rows it does not answer said what was known.
   */
  readonly settle: string;
  /** Wakes the relay when the transaction commits. */
  readonly wake: string;
  /** Writes the record of the import. */
  readonly record: string;
}

const quoted = (name: string) => `"${name}"`;

const intoOutbox = 'INSERT INTO "outbox" (id, partition, token, at, body)';

/** Of a number that is known, what the chunk says and what is known, side by side. */
function matchedRows({ name, number, columns, closing }: Table): string {
  const fixed = ['token', ...columns.map((column) => column.name).filter((column) => column !== closing?.name)];
  const all = (side: string) => fixed.map((column) => `${side}.${quoted(column)}`).join(', ');
  const closingOf = (side: string) => (closing === undefined ? 'NULL::date' : `${side}.${quoted(closing.name)}`);
  const closingId = closing === undefined ? 'NULL::uuid' : 'i.closing_id';
  return `
    SELECT i.line, i.number, i.partition, ${closingId} AS closing_id,
           ROW(${all('i')}) IS NOT DISTINCT FROM ROW(${all('k')}) AS same,
           ${closingOf('i')} AS closing, ${closingOf('k')} AS known_closing
      FROM pg_temp.incoming i JOIN ${quoted(name)} k ON k.${quoted(number)} = i.number`;
}

/** What the rows of a source say, which has the columns of the chunk and is called `i`. */
function tellStatement({ says, closing }: Table, source: string): string {
  const opened = `SELECT i.event_id, i.partition, i.token, $1::timestamptz, ${says('i')} FROM ${source}`;
  if (closing === undefined) return `${intoOutbox} ${opened}`;
  const day = `i.${quoted(closing.name)}`;
  return `${intoOutbox} ${opened}
    UNION ALL
    SELECT i.closing_id, i.partition, i.token, $1::timestamptz, ${closing.says(day, 'i.event_id')}
    FROM ${source} WHERE ${day} IS NOT NULL`;
}

function settleStatement(table: Table): string {
  const { name, number, closing } = table;
  const matched = matchedRows(table);
  if (closing === undefined) {
    return `SELECT line, false AS updated FROM (${matched}) matched WHERE NOT same AND $1::timestamptz IS NOT NULL`;
  }
  return `
    WITH matched AS MATERIALIZED (${matched}),
    closes AS (
      SELECT DISTINCT ON (number) number, line, closing, partition, closing_id FROM matched
       WHERE same AND known_closing IS NULL AND closing IS NOT NULL
       ORDER BY number, line),
    closed AS (
      UPDATE ${quoted(name)} k SET ${quoted(closing.name)} = c.closing FROM closes c WHERE k.${quoted(number)} = c.number
      RETURNING c.closing_id, c.partition, k.token, c.closing, k.event_id),
    told AS (
      ${intoOutbox}
      SELECT closing_id, partition, token, $1::timestamptz, ${closing.says('closing', 'event_id')}
        FROM closed
       -- A record of before the donor log is told later, as a whole.
       WHERE event_id IS NOT NULL)
    SELECT m.line, m.line IS NOT DISTINCT FROM c.line AS updated
      FROM matched m LEFT JOIN closes c USING (number)
     WHERE NOT m.same
        OR m.line = c.line
        -- Before the line that closes it an open record is what was known; after it, it says less.
        OR CASE WHEN c.line IS NULL OR m.line > c.line
             THEN m.closing IS DISTINCT FROM coalesce(c.closing, m.known_closing) END`;
}

export function statementsFor(table: Table): Statements {
  const { name, number, columns } = table;
  const others = ['token', 'event_id', ...columns.map((column) => column.name)].map(quoted).join(', ');
  const types = copyColumns(table).map(([column, type]) => `${quoted(column)} ${quoted(type)}`);
  return {
    begin: [
      'BEGIN',
      // An import is as long as its file; the limits of a pool for short questions do not fit it.
      'SET LOCAL statement_timeout = 0',
      'SET LOCAL idle_in_transaction_session_timeout = 0',
      // The chunk is small and has no statistics: without this, a plan may read the whole table for each chunk.
      'SET LOCAL enable_hashjoin = off',
      'SET LOCAL enable_mergejoin = off',
      `SELECT pg_advisory_xact_lock(hashtextextended('import into ${name}', 0))`,
      `CREATE TEMPORARY TABLE incoming (${types.join(', ')}) ON COMMIT DROP`,
    ],
    empty: 'TRUNCATE pg_temp.incoming',
    copy: 'COPY pg_temp.incoming FROM STDIN (FORMAT binary)',
    insert: `INSERT INTO ${quoted(name)} (${quoted(number)}, ${others})
             SELECT number, ${others} FROM pg_temp.incoming ORDER BY line ON CONFLICT DO NOTHING`,
    tellAll: tellStatement(table, 'pg_temp.incoming i'),
    tellNew: tellStatement(
      table,
      `pg_temp.incoming i JOIN ${quoted(name)} k ON k.${quoted(number)} = i.number AND k.event_id = i.event_id`,
    ),
    settle: settleStatement(table),
    wake: `SELECT pg_notify('${outboxChannel}', '')`,
    record: `INSERT INTO "import" (id, kind, started_at, finished_at, rows, inserted, updated, duplicates, rejected)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  };
}
