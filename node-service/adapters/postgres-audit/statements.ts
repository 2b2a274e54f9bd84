/** The statements that add to the chain. One adds a whole group of entries, or nothing when the head is not where it was. */

export const readHead = {
  name: 'audit-head',
  text: 'SELECT seq::float8 AS seq, hash FROM audit_head',
};

export const lockHead = 'SELECT seq::float8 AS seq, hash FROM audit_head FOR UPDATE';

/** `$1`: the hash of a chain without entries. */
export const makeHead = 'INSERT INTO audit_head (seq, hash) VALUES (0, $1) ON CONFLICT DO NOTHING';

/**
 * `$1 $2`: seq and hash of the head; `$3 $4`: of the new one. `$5`: the payloads, a line each; `$6 $7 $8`: salts, commitments and
 * hashes, one after the other. `$9`: the donors that are named, one after the other, `$10`: for each the place of its entry
 * in the group, from 1. `$11 $12`: ids that count once, and when each expires. `$13 $14 $15 $16`: what changes in the station's
 * figures, by family, day and class, and by how much. Answers a row when it was done.
 *
 * What is one value a group and not one an entry is not taken apart by the driver.
 */
export const addEntries = {
  name: 'audit-add',
  text: `
    WITH moved AS (
      UPDATE audit_head SET seq = $3, hash = $4 WHERE seq = $1 AND hash = $2 RETURNING seq),
    added AS (
      INSERT INTO audit_entry (seq, payload, salt, commitment, hash)
      SELECT $1::bigint + place, payload, substr($6::bytea, (place * 16 - 15)::int, 16),
        substr($7::bytea, (place * 32 - 31)::int, 32), substr($8::bytea, (place * 32 - 31)::int, 32)
      FROM moved, string_to_table($5::text, E'\\n') WITH ORDINALITY AS said(payload, place)),
    named AS (
      INSERT INTO audit_donor (donor, seq)
      SELECT substr($9::bytea, (number * 32 - 31)::int, 32), $1::bigint + place
      FROM moved, unnest($10::int[]) WITH ORDINALITY AS asked(place, number)),
    used AS (
      INSERT INTO exchange_seen (id, until)
      SELECT id, until FROM moved, unnest($11::uuid[], $12::timestamptz[]) AS once(id, until)),
    counted AS (
      INSERT INTO tally_change (family, day, class, change)
      SELECT family, day, class, change
      FROM moved, unnest($13::text[], $14::date[], $15::text[], $16::int[]) AS changed(family, day, class, change))
    SELECT seq::float8 AS seq FROM moved`,
};

export const findEntry = 'SELECT hash FROM audit_entry WHERE seq = $1';

/** Those of the ids `$1` that were used. */
export const findSeen = 'SELECT id FROM exchange_seen WHERE id = ANY($1::uuid[])';
