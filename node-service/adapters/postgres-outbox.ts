/**
 * What this station has told, in its own database. A number is given to an event in a transaction of its own, long after
 * the fact was committed: so a slow transaction leaves no hole, and an import that runs for minutes holds up nobody.
 */
import type { Pool, QueryResult, QueryResultRow } from 'pg';

import { Fault } from '#schema/errors.ts';
import { EventBody } from '#schema/events.ts';
import type { EventId, StationCode } from '#schema/ids.ts';

import { bytesOf, tokenOf } from '../db/columns.ts';
import type { OutboxEvent, OutboxPort } from '../ports.ts';

/** No caller gets more at once, whatever it asks for. */
const mostAtOnce = 5_000;
const countedAtOnce = 2_000;

const columns = 'o.id, o.partition, o.seq::float8 AS seq, o.token, o.at, o.body';

// Counted in the order of their ids. The rows are locked first, so that of two who count at once the second finds them taken.
// What is just counted is answered where the counter, as it stands under its lock, says that everything before it is in the log;
// otherwise it is behind and comes in its turn. Each partition gets its share, so that none waits for the end of another's
// backlog.
const next = {
  name: 'outbox-next',
  text: `
  WITH said AS (SELECT * FROM unnest($3::smallint[], $4::bigint[]) AS said(partition, seq)),
  uncounted AS MATERIALIZED (
    SELECT id, partition FROM outbox WHERE seq IS NULL ORDER BY id LIMIT $2 FOR UPDATE),
  placed AS (SELECT id, partition, row_number() OVER (PARTITION BY partition ORDER BY id) AS place FROM uncounted),
  counter AS (
    INSERT INTO outbox_partition AS known (partition, counted)
    SELECT partition, count(placed.id) FROM said FULL JOIN placed USING (partition) GROUP BY partition ORDER BY partition
    ON CONFLICT (partition) DO UPDATE SET counted = known.counted + EXCLUDED.counted,
      published = greatest(known.published, (SELECT seq FROM said WHERE said.partition = known.partition))
    RETURNING partition, counted, published),
  numbered AS (
    SELECT id, counted - count(*) OVER each + place AS seq,
      counted - count(*) OVER each = published AND place <= greatest(1, $1 / (SELECT count(*) FROM counter)) AS is_due
    FROM placed JOIN counter USING (partition) WINDOW each AS (PARTITION BY partition)),
  counted AS (
    UPDATE outbox SET seq = numbered.seq FROM numbered WHERE outbox.id = numbered.id RETURNING outbox.*, is_due),
  behind AS (
    SELECT partition, greatest(published, said.seq) AS published FROM outbox_partition LEFT JOIN said USING (partition)
    WHERE greatest(published, said.seq) < counted)
  SELECT ${columns} FROM counted o WHERE is_due
  UNION ALL
  SELECT ${columns} FROM behind b
  CROSS JOIN LATERAL (
    SELECT * FROM outbox WHERE partition = b.partition AND seq > b.published
    ORDER BY seq LIMIT greatest(1, $1 / (SELECT count(*) FROM behind))) o
  ORDER BY partition, seq LIMIT $1`,
};

// Who counts in the partition at the same time holds its counter, which is looked at once it lets go.
const addNext = {
  name: 'outbox-add-next',
  text: `
  WITH counter AS (
    UPDATE outbox_partition SET counted = counted + 1
    WHERE partition = $2 AND counted = published
      AND NOT EXISTS (SELECT FROM outbox WHERE seq IS NULL AND partition = $2)
    RETURNING counted)
  INSERT INTO outbox (id, partition, seq, token, at, body)
  SELECT $1, $2, counted, $3, $4, $5 FROM counter RETURNING seq::float8 AS seq`,
};

// Nobody waits for the disk: what is forgotten in a crash is sent again, and readers drop what they have.
const noteSent = {
  name: 'outbox-note-sent',
  text: `
  UPDATE outbox_partition SET published = greatest(published, $2)
  FROM set_config('synchronous_commit', 'off', true) WHERE partition = $1`,
};

const resend = 'UPDATE outbox_partition SET published = least(published, $2) WHERE partition = $1';

const state = `
  SELECT NOT EXISTS (SELECT FROM outbox WHERE seq IS NULL)
     AND NOT EXISTS (SELECT FROM outbox_partition WHERE published < counted)
     AND NOT EXISTS (SELECT FROM donation WHERE event_id IS NULL)
     AND NOT EXISTS (SELECT FROM lookout WHERE event_id IS NULL)
     AND NOT EXISTS (SELECT FROM registration WHERE event_id IS NULL) AS drained,
    ARRAY(
      SELECT coalesce(published, 0)::float8 FROM generate_series(0, $1::int - 1) AS wanted(partition)
      LEFT JOIN outbox_partition USING (partition) ORDER BY wanted.partition) AS seqs`;

const since = `
  SELECT ${columns} FROM outbox o WHERE o.partition = $1 AND o.seq >= $2 ORDER BY o.seq LIMIT $3`;

// What was said after a backup was made is in the log already, under the numbers of then: it must not get new ones. Appends
// are in order, so what comes before a number that was heard is in the log as well.
const advance = `
  WITH heard AS (SELECT * FROM unnest($1::smallint[], $2::bigint[]) AS heard(partition, seq)),
  ahead AS (
    SELECT heard.partition FROM heard LEFT JOIN outbox_partition known USING (partition)
    WHERE heard.seq > coalesce(known.counted, 0)),
  recognised AS (
    UPDATE outbox o SET seq = e.seq FROM ahead, event e
    WHERE o.partition = ahead.partition AND o.seq IS NULL
      AND e.token = o.token AND e.id = o.id AND e.origin = $3 AND e.partition = o.partition)
  INSERT INTO outbox_partition AS known (partition, counted, published)
  SELECT partition, seq, seq FROM heard ORDER BY partition
  ON CONFLICT (partition) DO UPDATE
  SET counted = greatest(known.counted, EXCLUDED.counted), published = greatest(known.published, EXCLUDED.published)`;

const withdraw = 'DELETE FROM outbox WHERE id = $1 AND seq IS NULL';

interface Row {
  readonly id: EventId;
  readonly partition: number;
  readonly seq: number;
  readonly token: Buffer;
  readonly at: Date;
  readonly body: unknown;
}

const eventOf = ({ token, body, ...row }: Row): OutboxEvent => ({
  ...row,
  token: tokenOf(token),
  body: EventBody.parse(body),
});

interface Options {
  readonly pool: Pool;
  readonly station: StationCode;
}

export function createPostgresOutbox({ pool, station }: Options): OutboxPort {
  async function query<Answer extends QueryResultRow>(
    statement: string | { readonly name: string; readonly text: string },
    values: unknown[],
  ): Promise<QueryResult<Answer>> {
    try {
      const config = typeof statement === 'string' ? { text: statement } : statement;
      return await pool.query<Answer>({ ...config, values });
    } catch (cause) {
      throw new Fault('DATABASE_UNAVAILABLE', { cause });
    }
  }
  const bounded = (limit: number) => Math.min(limit, mostAtOnce);
  const pairsOf = (seqs: ReadonlyMap<number, number>) => [[...seqs.keys()], [...seqs.values()]];

  return {
    async next(limit, published) {
      const { rows } = await query<Row>(next, [bounded(limit), countedAtOnce, ...pairsOf(published)]);
      return rows.map(eventOf);
    },
    async addNext(event) {
      const { id, partition, token, at, body } = event;
      const { rows } = await query<{ seq: number }>(addNext, [id, partition, bytesOf(token), at, body]);
      const [row] = rows;
      return row === undefined ? null : { ...event, seq: row.seq };
    },
    async noteSent(partition, seq) {
      await query(noteSent, [partition, seq]);
    },
    async state(partitions) {
      const { rows } = await query<{ drained: boolean; seqs: number[] }>(state, [partitions]);
      const [row] = rows;
      if (row === undefined) throw new Fault('DATABASE_UNAVAILABLE');
      return { isDrained: row.drained, seqs: row.seqs };
    },
    since: async (partition, seq, limit) =>
      (await query<Row>(since, [partition, seq, bounded(limit)])).rows.map(eventOf),
    async resend(partition, seq) {
      await query(resend, [partition, seq]);
    },
    async advance(highest) {
      if (highest.size > 0) await query(advance, [...pairsOf(highest), station]);
    },
    withdraw: async (id) => (await query(withdraw, [id])).rowCount === 1,
  };
}
