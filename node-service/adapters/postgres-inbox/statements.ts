/** The statements of a transaction on the copy of the donor log. Each is prepared once a connection. */
import { eventColumns } from './event-rows.ts';

const eventTable = `
  INSERT INTO event (origin, partition, seq, id, token, type, log_offset, appended_at, digest, is_own, about, procedure,
    collected_at, volume_ml, outcome, permit, since, until, lifetime_ms, not_after, rule_set, raw)
  SELECT told.origin, $1, told.seq, told.id, told.token, told.type, told.log_offset, to_timestamp(told.appended_at / 1000),
    told.digest, told.origin = $2 AND EXISTS (SELECT FROM outbox WHERE outbox.id = told.id), told.about, told.procedure,
    told.collected_at, told.volume_ml, told.outcome, told.permit, told.since, told.until, told.lifetime_ms,
    to_timestamp(told.not_after / 1000), told.rule_set, told.raw
  FROM unnest($3::text[], $4::bigint[], $5::uuid[], $6::bytea[], $7::event_type[], $8::bigint[], $9::float8[],
    $10::bytea[], $11::uuid[], $12::procedure[], $13::timestamptz[], $14::int[], $15::outcome[], $16::uuid[],
    $17::date[], $18::date[], $19::int[], $20::float8[], $21::text[], $22::text[])
    AS told(origin, seq, id, token, type, log_offset, appended_at, digest, about, procedure, collected_at, volume_ml,
      outcome, permit, since, until, lifetime_ms, not_after, rule_set, raw)`;

/** `$1` is the partition throughout. */
export const statements = {
  lock: { name: 'inbox-lock', text: 'SELECT next::float8 FROM log_position WHERE partition = $1 FOR UPDATE' },
  begin: { name: 'inbox-begin', text: 'INSERT INTO log_position VALUES ($1, 0) ON CONFLICT DO NOTHING' },
  heard: {
    name: 'inbox-heard',
    text: `SELECT origin, up_to::float8, highest::float8, forked_at::float8 FROM origin_progress
      WHERE partition = $1 AND origin = ANY($2::text[])`,
  },
  known: {
    name: 'inbox-known',
    text: `SELECT event.origin, event.seq::float8, token, log_offset::float8,
        (extract(epoch FROM appended_at) * 1000)::float8, digest
      FROM unnest($2::text[], $3::bigint[]) AS asked(origin, seq)
      JOIN event ON event.origin = asked.origin AND event.partition = $1 AND event.seq = asked.seq`,
  },
  beyond: {
    name: 'inbox-beyond',
    text: 'SELECT seq::float8 FROM event WHERE partition = $1 AND origin = $2 AND seq > $3 ORDER BY seq',
  },
  add: { name: 'inbox-add', text: eventTable },
  /** For what may be there already; twice as dear. */
  replace: {
    name: 'inbox-replace',
    text: `${eventTable}
      ON CONFLICT (origin, partition, seq) DO UPDATE SET id = excluded.id, token = excluded.token, type = excluded.type,
        log_offset = excluded.log_offset, appended_at = excluded.appended_at, digest = excluded.digest,
        is_own = excluded.is_own, about = excluded.about, procedure = excluded.procedure,
        collected_at = excluded.collected_at, volume_ml = excluded.volume_ml, outcome = excluded.outcome,
        permit = excluded.permit, since = excluded.since, until = excluded.until, lifetime_ms = excluded.lifetime_ms,
        not_after = excluded.not_after, rule_set = excluded.rule_set, raw = excluded.raw, claim = NULL`,
  },
  standing: {
    name: 'inbox-standing',
    text: `SELECT token, bool_or(origin = $2), bool_or(type = 'permit.claimed' AND log_offset > $3)
      FROM event WHERE token = ANY($1::bytea[]) GROUP BY token`,
  },
  histories: {
    name: 'inbox-histories',
    text: `SELECT ${eventColumns} FROM event WHERE token = ANY($1::bytea[]) ORDER BY log_offset`,
  },
  donors: {
    name: 'inbox-donors',
    text: `SELECT DISTINCT token FROM event
      WHERE origin = $2 AND partition = $1 AND appended_at >= to_timestamp($3::float8 / 1000)
        AND ($4::bytea IS NULL OR token > $4)
      ORDER BY token LIMIT $5`,
  },
  settle: {
    name: 'inbox-settle',
    text: `UPDATE event SET claim = judged.claim
      FROM unnest($2::text[], $3::bigint[], $4::claim_outcome[]) AS judged(origin, seq, claim)
      WHERE event.origin = judged.origin AND event.partition = $1 AND event.seq = judged.seq`,
  },
  quarantine: {
    name: 'inbox-quarantine',
    text: `INSERT INTO quarantine (partition, log_offset, appended_at, reason, origin, key, value)
      SELECT $1, log_offset, to_timestamp(appended_at / 1000), reason, origin, key, value
      FROM unnest($2::bigint[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[])
        AS record(log_offset, appended_at, reason, origin, key, value)
      ON CONFLICT (partition, log_offset) DO UPDATE SET reason = excluded.reason, origin = excluded.origin`,
  },
  release: {
    name: 'inbox-release',
    text: 'DELETE FROM quarantine WHERE partition = $1 AND log_offset = ANY($2::bigint[])',
  },
  moveOn: {
    name: 'inbox-move-on',
    text: `WITH heard AS (
        INSERT INTO origin_progress (origin, partition, up_to, highest, forked_at)
        SELECT origin, $1, up_to, highest, forked_at
        FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) AS heard(origin, up_to, highest, forked_at)
        ON CONFLICT (origin, partition) DO UPDATE
          SET up_to = excluded.up_to, highest = excluded.highest, forked_at = excluded.forked_at)
      UPDATE log_position SET next = $2 WHERE partition = $1 AND next <> $2`,
  },
  tell: { name: 'inbox-tell', text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload' },
  /** The same when all that was committed before is on the disk: a commit that has written nothing would not wait for it. */
  tellDurable: {
    name: 'inbox-tell-durable',
    text: `SELECT pg_notify($1, payload), pg_logical_emit_message(true, 'lookout', '') FROM unnest($2::text[]) AS payload`,
  },
} as const;

/**
 * Makes the conflicts of donors what is given. A conflict whose opening or end lies after the last event of its donor here is left
 * alone: the copy is being built again, and what the table says comes from a longer history.
 */
export const conflictStatements = {
  close: {
    name: 'inbox-close-conflicts',
    text: `UPDATE conflict SET state = 'WITHDRAWN', closed_at = latest.appended_at
      FROM (SELECT token, max(appended_at) AS appended_at FROM event WHERE token = ANY($1::bytea[]) GROUP BY token) AS latest
      WHERE conflict.token = latest.token AND conflict.state = 'OPEN' AND NOT conflict.id = ANY($2::text[])
        AND conflict.opened_at <= latest.appended_at`,
  },
  open: {
    name: 'inbox-open-conflicts',
    text: `INSERT INTO conflict (id, kind, token, stations, events, donations, rule, opened_at)
      SELECT shown.id, shown.kind, shown.token, shown.stations, shown.events,
        ARRAY(SELECT donation_no FROM donation
          WHERE donation.token = shown.token AND donation.event_id = ANY(shown.events) ORDER BY donation_no),
        shown.rule, to_timestamp(shown.shown_at / 1000)
      FROM (SELECT id, kind, decode(token, 'hex') AS token, stations, events, rule, shown_at
        FROM jsonb_to_recordset($1::jsonb)
          AS shown(id text, kind text, token text, stations text[], events uuid[], rule text, shown_at float8)) AS shown
      ON CONFLICT (id) DO UPDATE SET state = 'OPEN', closed_at = NULL
        WHERE conflict.state = 'WITHDRAWN'
          AND conflict.closed_at <= (SELECT max(appended_at) FROM event WHERE event.token = conflict.token)`,
  },
} as const;

export const readStatements = {
  positions: { name: 'inbox-positions', text: 'SELECT partition, next::float8 FROM log_position' },
  progress: {
    name: 'inbox-progress',
    text: 'SELECT origin, partition, up_to::float8, highest::float8, forked_at::float8 FROM origin_progress',
  },
  quarantined: {
    name: 'inbox-quarantined',
    text: `SELECT log_offset::float8, (extract(epoch FROM appended_at) * 1000)::float8, reason, origin, key, value
      FROM quarantine WHERE partition = $1 AND reason = ANY($2::text[]) AND log_offset > $3 ORDER BY log_offset LIMIT $4`,
  },
  suspensions: { name: 'inbox-suspensions', text: 'SELECT origin, suspensions FROM judged_suspensions' },
  noteSuspensions: {
    name: 'inbox-note-suspensions',
    text: `INSERT INTO judged_suspensions (origin, suspensions) VALUES ($1, $2::jsonb)
      ON CONFLICT (origin) DO UPDATE SET suspensions = excluded.suspensions`,
  },
  parked: {
    name: 'inbox-parked',
    text: `SELECT origin, seq::float8, id, token, log_offset::float8, (extract(epoch FROM appended_at) * 1000)::float8,
        digest, raw
      FROM event WHERE partition = $1 AND type = 'parked' AND log_offset > $2 ORDER BY log_offset LIMIT $3`,
  },
} as const;
