/** The tables of the embedded log and the statements that add to them and look into them. */
import type { ClientBase } from 'pg';

import { Fault } from '#schema/errors.ts';

import type { Appended, LogBounds, LogEntry, LogRecord, LogTopic } from '../../ports.ts';

/** Two members that start at once make the tables one after the other. */
const makingTables = 0x10_0c_10_60;

const tables = `
  CREATE TABLE IF NOT EXISTS log_partition (
    topic text NOT NULL,
    partition integer NOT NULL,
    start_offset bigint NOT NULL DEFAULT 0,
    next_offset bigint NOT NULL DEFAULT 0,
    appended_at bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
  );
  CREATE TABLE IF NOT EXISTS log_record (
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    appended_at bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (topic, partition, record_offset)
  )`;

/** Makes what is missing. Throws the fault `LOG_CHANGED` when `donors` has another number of partitions. */
export async function requireTables(client: ClientBase, partitions: number): Promise<void> {
  const existing = await client.query<{ there: boolean }>(`SELECT to_regclass('log_record') IS NOT NULL AS there`);
  let counted = existing.rows[0]?.there === true ? await countPartitions(client) : 0;
  if (counted === 0) {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [makingTables]);
    await client.query(tables);
    if ((await countPartitions(client)) === 0) {
      await client.query(
        `INSERT INTO log_partition (topic, partition)
         SELECT 'donors', generate_series(0, $1::int - 1) UNION ALL SELECT 'control', 0`,
        [partitions],
      );
    }
    counted = await countPartitions(client);
    await client.query('COMMIT');
  }
  if (counted !== partitions) {
    throw new Fault('LOG_CHANGED', { cause: `the log has ${counted} partitions and not ${partitions}` });
  }
}

async function countPartitions(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM log_partition WHERE topic = 'donors'`,
  );
  return rows[0]?.count ?? 0;
}

/**
 * One statement, hence one transaction: locks the rows of the partitions in one order, so that two appends cannot wait for
 * each other, gives each entry its offset and the partition's time, and wakes the readers when it is committed.
 */
const append = `
  WITH entry AS (
    SELECT * FROM unnest($2::int[], $3::text[], $4::text[]) WITH ORDINALITY AS t(partition, key, value, place)
  ), held AS MATERIALIZED (
    SELECT partition, next_offset, appended_at FROM log_partition
    WHERE topic = $1 AND partition = ANY($2::int[]) ORDER BY partition FOR UPDATE
  ), moment AS MATERIALIZED (
    SELECT partition, next_offset,
      greatest(appended_at, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS appended_at FROM held
  ), moved AS (
    UPDATE log_partition SET next_offset = moment.next_offset + added.count, appended_at = moment.appended_at
    FROM moment JOIN (SELECT partition, count(*) FROM entry GROUP BY partition) AS added USING (partition)
    WHERE log_partition.topic = $1 AND log_partition.partition = moment.partition
  ), added AS (
    INSERT INTO log_record (topic, partition, record_offset, appended_at, key, value)
    SELECT $1, partition, next_offset + row_number() OVER (PARTITION BY partition ORDER BY place) - 1, appended_at, key, value
    FROM entry JOIN moment USING (partition)
    RETURNING appended_at
  ), told AS (SELECT pg_notify('log_' || $1, ''))
  SELECT count(added.*)::int AS added, max(added.appended_at)::float8 AS appended_at FROM added, told`;

/** Adds entries in order; all of them are seen at once. */
export async function addEntries(client: ClientBase, topic: LogTopic, entries: readonly LogEntry[]): Promise<Appended> {
  const { rows } = await client.query<{ added: number; appended_at: number }>({
    name: 'log-append',
    text: append,
    values: [
      topic,
      entries.map(({ partition }) => partition),
      entries.map(({ key }) => key),
      entries.map(({ value }) => value),
    ],
  });
  const [result] = rows;
  if (result?.added !== entries.length) {
    throw new Fault('LOG_CHANGED', { cause: 'an entry names a partition that does not exist' });
  }
  return { appendedAt: result.appended_at };
}

export async function boundsOf(client: ClientBase, topic: LogTopic): Promise<LogBounds[]> {
  const { rows } = await client.query<LogBounds>(
    `SELECT start_offset::float8 AS start, next_offset::float8 AS "end" FROM log_partition
     WHERE topic = $1 ORDER BY partition`,
    [topic],
  );
  return rows;
}

/** A page holds so many records at most, and so many bytes beyond its first record. */
const pageRecords = 1_000;
const pageBytes = 1_048_576;

const page = `
  SELECT record_offset::float8 AS "offset", partition, key, value, appended_at::float8 AS "appendedAt"
  FROM (
    SELECT *, sum(octet_length(value)) OVER (ORDER BY record_offset) - octet_length(value) AS before
    FROM (
      SELECT * FROM log_record WHERE topic = $1 AND partition = $2 AND record_offset >= $3
      ORDER BY record_offset LIMIT ${pageRecords}
    ) AS following
  ) AS measured
  WHERE before < ${pageBytes} ORDER BY record_offset`;

/** The records that follow in a partition, as many as fit a page. */
export async function pageOf(
  client: ClientBase,
  topic: LogTopic,
  { partition, from }: { readonly partition: number; readonly from: number },
): Promise<LogRecord[]> {
  const { rows } = await client.query<LogRecord>({ name: 'log-page', text: page, values: [topic, partition, from] });
  return rows;
}
