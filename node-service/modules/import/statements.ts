/** The SQL of an import, made from the names of a table; nothing of a file ever becomes part of it. */
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
  /**
   * For the rest: fills closing days that were open, and answers one `{ line, updated }` for each row that closed a
   * record (`updated`) or contradicts one. Rows it does not answer said what was known.
   */
  readonly settle: string;
  /** Writes the record of the import. */
  readonly record: string;
}

const quoted = (name: string) => `"${name}"`;

/** Of a number that is known, what the chunk says and what is known, side by side. */
function matchedRows({ name, number, columns, closing }: Table): string {
  const fixed = ['token', ...columns.map((column) => column.name).filter((column) => column !== closing)];
  const all = (side: string) => fixed.map((column) => `${side}.${quoted(column)}`).join(', ');
  const closingOf = (side: string) => (closing === undefined ? 'NULL::date' : `${side}.${quoted(closing)}`);
  return `
    SELECT i.line, i.${quoted(number)} AS number,
           ROW(${all('i')}) IS NOT DISTINCT FROM ROW(${all('k')}) AS same,
           ${closingOf('i')} AS closing, ${closingOf('k')} AS known_closing
      FROM pg_temp.incoming i JOIN ${quoted(name)} k ON k.${quoted(number)} = i.${quoted(number)}`;
}

function settleStatement(table: Table): string {
  const { name, number, closing } = table;
  const matched = matchedRows(table);
  if (closing === undefined) return `SELECT line, false AS updated FROM (${matched}) matched WHERE NOT same`;
  return `
    WITH matched AS MATERIALIZED (${matched}),
    closes AS (
      SELECT DISTINCT ON (number) number, line, closing FROM matched
       WHERE same AND known_closing IS NULL AND closing IS NOT NULL
       ORDER BY number, line),
    closed AS (
      UPDATE ${quoted(name)} k SET ${quoted(closing)} = c.closing FROM closes c WHERE k.${quoted(number)} = c.number)
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
  const names = [number, 'token', ...columns.map((column) => column.name)].map(quoted).join(', ');
  const types = columns.map((column) => `${quoted(column.name)} ${quoted(column.type)}`).join(', ');
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
      `CREATE TEMPORARY TABLE incoming (line int4, ${quoted(number)} text, token bytea, ${types}) ON COMMIT DROP`,
    ],
    empty: 'TRUNCATE pg_temp.incoming',
    copy: 'COPY pg_temp.incoming FROM STDIN (FORMAT binary)',
    insert: `INSERT INTO ${quoted(name)} (${names}) SELECT ${names} FROM pg_temp.incoming ORDER BY line ON CONFLICT DO NOTHING`,
    settle: settleStatement(table),
    record: `INSERT INTO "import" (id, kind, started_at, finished_at, rows, inserted, updated, duplicates, rejected)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  };
}
